"""How lists and resources look in answers."""

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from tui.sandbox.arm.errors import ArmRefused
from tui.sandbox.arm.resources import Resource
from tui.sandbox.arm.state import ARM, Arm

Row = Mapping[str, object]

REGION: Final = "westeurope"
"""Where everything is said to be."""

_SKIP: Final = "$skiptoken"
_CREATED: Final = "2026-01-05T08:00:00.0000000Z"


def page(request: web.Request, rows: Sequence[Row]) -> web.Response:
    """The part of `rows` that the request is at, with the absolute address of the next. Raises ArmRefused: 400."""
    start = request.query.get(_SKIP, "0")
    if not (start.isascii() and start.isdecimal()):
        raise ArmRefused(400, "InvalidSkipToken", f"The {_SKIP} is none that this list gave.")
    stop = int(start) + request.app[ARM].page_limit
    body: dict[str, object] = {"value": rows[int(start) : stop]}
    if stop < len(rows):
        body["nextLink"] = str(request.url.update_query({_SKIP: str(stop)}))
    return web.json_response(body)


def subscription_row(arm: Arm, number: int, subscription: str) -> Row:
    """A subscription; its display name is its number."""
    return {
        "id": f"/subscriptions/{subscription}",
        "subscriptionId": subscription,
        "tenantId": arm.tenant,
        "displayName": f"Sample subscription {number}",
        "state": "Enabled",
    }


def registry_row(resource: Resource) -> Row:
    """A registry, with what is asked of it here; Azure tells more."""
    mode = "AbacRepositoryPermissions" if resource.has_repository_permissions else "LegacyRegistryPermissions"
    return {
        "id": resource.id,
        "name": resource.name,
        "type": "Microsoft.ContainerRegistry/registries",
        "location": REGION,
        "tags": {},
        "sku": {"name": resource.sku, "tier": resource.sku},
        "properties": {
            "loginServer": resource.login_server,
            "creationDate": _CREATED,
            "provisioningState": "Succeeded",
            "adminUserEnabled": False,
            "anonymousPullEnabled": False,
            "publicNetworkAccess": "Enabled",
            "roleAssignmentMode": mode,
        },
    }

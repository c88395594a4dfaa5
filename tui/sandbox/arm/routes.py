"""The requests that Resource Manager answers, put together as one aiohttp application.

Paths, fields and headers are those of the container registry API of version 2025-11-01, as its public client asks for
them; of the version that a client names only its being named is checked.
"""

import json
from collections.abc import Mapping
from typing import Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.arm.errors import ArmRefused, answer_refusals, error_body
from tui.sandbox.arm.guarding import authorise, count_requests, inject_faults
from tui.sandbox.arm.imports import ImportRequest, parse_import
from tui.sandbox.arm.operations import Operation
from tui.sandbox.arm.resources import Resource
from tui.sandbox.arm.rows import REGION, page, registry_row, subscription_row
from tui.sandbox.arm.running import background, start
from tui.sandbox.arm.state import ARM, Arm
from tui.sandbox.gone import let_go

_PROVIDER: Final = "providers/Microsoft.ContainerRegistry"
_SUBSCRIPTION: Final = "/subscriptions/{subscription}"
_REGISTRY: Final = _SUBSCRIPTION + "/resourceGroups/{group}/" + _PROVIDER + "/registries/{name}"
_IMPORT: Final = "Microsoft.ContainerRegistry/registries/importImage/action"


def new_application(arm: Arm) -> web.Application:
    """An application with every route, for `arm`."""
    application = web.Application(middlewares=[count_requests, let_go, answer_refusals, inject_faults, authorise])
    application[ARM] = arm
    application.cleanup_ctx.append(background)
    for (name, path), (method, handler) in _ROUTES.items():
        application.router.add_resource(path, name=name).add_route(method, handler)
    return application


async def list_subscriptions(request: web.Request) -> web.Response:
    """The subscriptions of the tenant."""
    arm = request.app[ARM]
    return page(request, [subscription_row(arm, number, each) for number, each in enumerate(arm.subscriptions(), 1)])


async def list_registries(request: web.Request) -> web.Response:
    """The registries of a subscription. Raises ArmRefused: 404."""
    arm, subscription = request.app[ARM], request.match_info["subscription"]
    if subscription not in arm.subscriptions():
        raise ArmRefused(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
    return page(request, [registry_row(each) for each in arm.within(subscription)])


async def get_registry(request: web.Request) -> web.Response:
    """One registry. Raises ArmRefused: 404."""
    return web.json_response(registry_row(_resource(request)))


async def import_image(request: web.Request) -> web.Response:
    """Begins an import. Raises ArmRefused: 400, 403, 404, 409."""
    arm, target = request.app[ARM], _resource(request)
    wanted = parse_import(target.name, await _json(request))
    arm.imports.append(wanted)
    _refuse_forbidden(arm, target, wanted)
    source = _source(arm, wanted)
    _refuse_taken_tags(target, wanted)
    operation = arm.begin(wanted, source, target)
    start(request.app, operation)
    headers = _progress(request, operation)
    if arm.names_status:
        headers["Azure-AsyncOperation"] = _absolute(request, f"{target.id}/operationStatuses/{operation.id}")
    return web.Response(status=202, headers=headers)


async def get_result(request: web.Request) -> web.Response:
    """What `Location` leads to: 202 while the operation runs, 200 once it is done. Raises ArmRefused: 400, 404."""
    operation = _polled(request)
    match operation.status:
        case "Running":
            return web.Response(status=202, headers=_progress(request, operation))
        case "Succeeded":
            return web.Response()
        case "Failed":
            raise ArmRefused(400, *(operation.error or ("", "")))


async def get_status(request: web.Request) -> web.Response:
    """What `Azure-AsyncOperation` leads to: 200 with the state in words. Raises ArmRefused: 404."""
    operation = _polled(request)
    told: dict[str, object] = {"status": operation.status}
    body = told | error_body(*operation.error) if operation.error else told
    return web.json_response(body, headers={"Retry-After": str(request.app[ARM].retry_after)})


_ROUTES: Final[Mapping[tuple[str, str], tuple[str, Handler]]] = {
    ("subscriptions", "/subscriptions"): ("GET", list_subscriptions),
    ("registries", f"{_SUBSCRIPTION}/{_PROVIDER}/registries"): ("GET", list_registries),
    ("registry", _REGISTRY): ("GET", get_registry),
    ("imports", _REGISTRY + "/importImage"): ("POST", import_image),
    ("result", f"{_SUBSCRIPTION}/{_PROVIDER}/locations/{{location}}/operationResults/{{id}}"): ("GET", get_result),
    ("status", _REGISTRY + "/operationStatuses/{id}"): ("GET", get_status),
}


def _resource(request: web.Request) -> Resource:
    found = request.app[ARM].resource(request.path.removesuffix("/importImage"))
    if found is None:
        group, name = request.match_info["group"], request.match_info["name"]
        raise _not_found(f"'Microsoft.ContainerRegistry/registries/{name}' under resource group '{group}'")
    return found


def _source(arm: Arm, wanted: ImportRequest) -> Resource:
    if wanted.resource_id is not None:
        found, named = arm.resource(wanted.resource_id), wanted.resource_id
    else:
        found, named = arm.at(wanted.registry_uri or ""), wanted.registry_uri
    if found is None:
        raise _not_found(f"'{named or ''}'")
    return found


def _not_found(named: str) -> ArmRefused:
    more = "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    return ArmRefused(404, "ResourceNotFound", f"The Resource {named} was not found. {more}")


def _refuse_forbidden(arm: Arm, target: Resource, wanted: ImportRequest) -> None:
    client = f"The client '{arm.client}' with object id '{arm.client}'"
    if arm.faults.forbid_import:
        message = (
            f"{client} does not have authorization to perform action '{_IMPORT}' over scope '{target.id}' or the scope "
            "is invalid. If access was recently granted, please refresh your credentials."
        )
        raise ArmRefused(403, "AuthorizationFailed", message)
    if arm.faults.forbid_source and wanted.resource_id is not None:
        message = (
            f"{client} has permission to perform action '{_IMPORT}' on scope '{target.id}'; however, it does not have "
            f"permission to perform action 'read' on the linked scope(s) '{wanted.resource_id}'."
        )
        raise ArmRefused(403, "LinkedAuthorizationFailed", message)


def _refuse_taken_tags(target: Resource, wanted: ImportRequest) -> None:
    """The client's documentation of ImportMode: without force, a tag that is there fails before any copying."""
    if wanted.mode == "Force":
        return
    for repository, tag in wanted.tags:
        if target.registry.store.resolve(repository, tag):
            message = f"Tag {repository}:{tag} already exists in target registry."
            raise ArmRefused(409, "Conflict", message)


def _polled(request: web.Request) -> Operation:
    operation = request.app[ARM].operations.get(request.match_info["id"])
    if operation is None:
        raise _not_found(f"'{request.match_info['id']}'")
    operation.polls += 1
    return operation


def _progress(request: web.Request, operation: Operation) -> dict[str, str]:
    place = f"/subscriptions/{operation.target.subscription}/{_PROVIDER}/locations/{REGION}"
    address = _absolute(request, f"{place}/operationResults/{operation.id}")
    return {"Location": address, "Retry-After": str(request.app[ARM].retry_after)}


def _absolute(request: web.Request, path: str) -> str:
    """The address of `path` on the host that was asked, for the version of the API that was asked for."""
    return str(request.url.with_path(path).with_query({"api-version": request.query["api-version"]}))


async def _json(request: web.Request) -> object:
    try:
        return cast("object", json.loads(await request.read()))
    except ValueError as cause:
        raise ArmRefused(400, "InvalidRequestContent", "The request content was invalid: it is no JSON.") from cause

"""Lists of Azure Resource Manager: subscriptions, and the registries in them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, cast

from tui.azure.arm_failures import Said, listing_failure
from tui.azure.management import Management
from tui.azure.wording import problem, shown
from tui.domain.discovery import FoundRegistry
from tui.ports.errors import Forbidden, InvalidAnswer, NotFound, RegistryError, Unreachable
from tui.usecases.concurrency import Emit, emitted, gather_all

MOST_PAGES: Final = 200
"""Pages of one list; more is a server that does not end."""
AT_ONCE: Final = 8
"""Subscriptions looked through at one time: some logins see hundreds, and Azure budgets reads for each of them."""

_NAME: Final = "Azure Resource Manager"
_SUBSCRIPTIONS: Final = "{endpoint}/subscriptions?api-version=2022-12-01"
_ANY: Final = "00000000-0000-0000-0000-000000000000"  # the client wants one, also for what belongs to none


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription; `was_asked_for` is true where the settings name it."""

    id: str
    name: str
    was_asked_for: bool = False


class Listing:
    """Lists what a login sees. `wanted` holds ids or names of subscriptions; empty for every one."""

    def __init__(self, management: Management, wanted: tuple[str, ...]) -> None:
        self._management = management
        self._wanted = wanted

    async def registries(self) -> AsyncGenerator[FoundRegistry, None]:
        """Every registry, in no order. Raises LoginError, RegistryError.

        A subscription that forbids it is passed over, unless the settings name it.
        """
        async with aclosing(emitted(self._find)) as found:
            async for registry in found:
                yield registry

    async def _find(self, emit: Emit[FoundRegistry]) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def look(subscription: Subscription) -> None:
            async with turns:
                await self._look_through(subscription, emit)

        await gather_all(*(look(item) for item in await self._subscriptions()))

    async def _look_through(self, subscription: Subscription, emit: Emit[FoundRegistry]) -> None:
        operation = f"list registries of subscription {subscription.name}"
        try:
            async with aclosing(self._pages(subscription.id, operation)) as pages:
                async for page in pages:
                    for row in page:
                        if registry := _registry(row, subscription):
                            emit(registry)
        except Forbidden:
            if subscription.was_asked_for:
                raise

    async def _pages(self, subscription: str, operation: str) -> AsyncGenerator[list[Any], None]:
        from azure.core.exceptions import AzureError

        from tui.azure.pipeline import ElsewhereError

        pages: Any = self._management.client(subscription).registries.list().by_page()
        read = 0
        try:
            async for page in pages:
                read += 1
                if read > MOST_PAGES:
                    raise InvalidAnswer(operation, _NAME, f"the list has more than {MOST_PAGES} pages")
                yield [row async for row in page]
        except ElsewhereError as error:
            raise InvalidAnswer(operation, _NAME, f"the next page is said to be on {shown(str(error))}") from None
        except AzureError as error:
            raise failure_of(operation, error) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise InvalidAnswer(operation, _NAME, "the answer is not what the API describes") from None

    async def _subscriptions(self) -> list[Subscription]:
        """Those that are wanted, or all that the login sees."""
        seen = [item async for item in self._seen()]
        if not self._wanted:
            return seen
        return [_chosen(text, seen) for text in self._wanted]

    async def _seen(self) -> AsyncGenerator[Subscription, None]:
        url, read = _SUBSCRIPTIONS, 0
        while url:
            read += 1
            if read > MOST_PAGES:
                raise InvalidAnswer("list subscriptions", _NAME, f"the list has more than {MOST_PAGES} pages")
            body = await self._get(url)
            for row in _list(body.get("value")):
                if identity := _text(row.get("subscriptionId")):
                    yield Subscription(identity, shown(_text(row.get("displayName")), 100) or identity)
            url = _text(body.get("nextLink"))

    async def _get(self, url: str) -> dict[str, Any]:
        from azure.core.exceptions import AzureError
        from azure.core.rest import HttpRequest

        from tui.azure.pipeline import ElsewhereError

        operation = "list subscriptions"
        try:
            response = await self._management.client(_ANY).send_request(HttpRequest("GET", url))
            if response.status_code != 200:
                raise listing_failure(operation, _NAME, Said(response.status_code, *problem(response.text())))
            return _object(response.json())
        except ElsewhereError as error:
            raise InvalidAnswer(operation, _NAME, f"the next page is said to be on {shown(str(error))}") from None
        except AzureError as error:
            raise failure_of(operation, error) from None
        except ValueError:
            raise InvalidAnswer(operation, _NAME, "the answer is no JSON") from None


def failure_of(operation: str, error: Any) -> RegistryError:
    """The error that an AzureError amounts to."""
    from azure.core.exceptions import HttpResponseError

    from tui.azure.pipeline import cause_of

    response = error.response if isinstance(error, HttpResponseError) else None
    if response is None:
        return Unreachable(operation, _NAME, cause_of(error))
    return listing_failure(operation, _NAME, Said(response.status_code or 0, *problem(response.text())))


def _chosen(text: str, seen: list[Subscription]) -> Subscription:
    for item in seen:
        if text.lower() in (item.id.lower(), item.name.lower()):
            return Subscription(item.id, item.name, was_asked_for=True)
    detail = f"subscription {shown(text, 80)} is not among those that this login sees: `az account list` shows them"
    raise NotFound("list registries", _NAME, detail)


def _registry(row: Any, subscription: Subscription) -> FoundRegistry | None:
    """The registry in a row; None where it has no address yet, or is none."""
    identity, host = _text(row.id), _text(row.login_server)
    parts = identity.split("/")
    if not host or len(parts) != 9:
        return None
    return FoundRegistry(
        name=shown(parts[8], 80),
        host=shown(host.lower(), 255),
        resource_id=identity,
        subscription=subscription.name,
        resource_group=shown(parts[4], 100),
        sku=shown(_text(getattr(row.sku, "name", "")), 40),
        has_repository_permissions=_text(row.role_assignment_mode) == "AbacRepositoryPermissions",
    )


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, Any]]:
    return [_object(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return str.__str__(value) if isinstance(value, str) else ""

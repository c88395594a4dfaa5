"""What Resource Manager knows: registries, the imports that were asked for, and what is to go wrong."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from tui.sandbox.arm.faults import ArmFaults
from tui.sandbox.arm.imports import ImportRequest
from tui.sandbox.arm.operations import Operation
from tui.sandbox.arm.resources import Resource
from tui.sandbox.registry import Registry

_TENANT: Final = "11111111-0000-0000-0000-000000000000"
_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000001"
_CLIENT: Final = "22222222-0000-0000-0000-000000000000"
_PAGE: Final = 100
_DURATION: Final = 0.2


@dataclass(slots=True, eq=False)
class Arm:
    """One tenant's Resource Manager, beside embedded registries. It lives in memory, and so do its operations."""

    tenant: str = field(default=_TENANT, kw_only=True)
    subscription_id: str = field(default=_SUBSCRIPTION, kw_only=True)
    """The subscription of registries that are added without one."""
    client: str = field(default=_CLIENT, kw_only=True)
    """The object id that refusals call the caller by."""
    clock: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    """Seconds: operations run by it."""
    duration: float = field(default=_DURATION, kw_only=True)
    """Seconds that an operation runs."""
    retry_after: int = field(default=0, kw_only=True)
    """Seconds that a running operation tells a client to wait; Azure says 10. The client's own interval counts at 0."""
    names_status: bool = field(default=False, kw_only=True)
    """Whether an accepted import names an `Azure-AsyncOperation` beside its `Location`."""
    page_limit: int = field(default=_PAGE, kw_only=True)
    """Rows of a list in one page at most."""
    faults: ArmFaults = field(default_factory=ArmFaults, kw_only=True)
    imports: list[ImportRequest] = field(default_factory=list[ImportRequest], init=False)
    """Every import that was asked for, whatever became of it."""
    operations: dict[str, Operation] = field(default_factory=dict[str, Operation], init=False)
    """The imports that were begun, by the id of the operation."""
    running_most: int = field(default=0, init=False)
    """The highest number of operations that ever ran at once."""
    requests: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]], init=False)
    """How many requests there were, by method and route, such as `("POST", "imports")`."""
    _resources: list[Resource] = field(default_factory=list[Resource], init=False)

    def add(
        self,
        registry: Registry,
        login_server: str,
        *,
        resource_group: str = "windlass",
        sku: str = "Premium",
        subscription: str | None = None,
        has_repository_permissions: bool = False,
    ) -> str:
        """Makes `registry` known, reached at `login_server` (`host[:port]`); its resource id."""
        name = "".join(letter for letter in registry.name if letter.isalnum())
        group = (subscription or self.subscription_id, resource_group)
        resource = Resource(registry, name, login_server, *group, sku, has_repository_permissions)
        self._resources.append(resource)
        return resource.id

    def subscriptions(self) -> Sequence[str]:
        """The ids of the subscriptions, in the order they were named."""
        return list(dict.fromkeys([self.subscription_id, *(each.subscription for each in self._resources)]))

    def within(self, subscription: str) -> Iterator[Resource]:
        """The registries of a subscription."""
        return (each for each in self._resources if each.subscription == subscription)

    def resource(self, resource_id: str) -> Resource | None:
        """The registry with this id; the case of letters does not count, as nowhere in Azure's ids."""
        return next((each for each in self._resources if each.id.lower() == resource_id.lower()), None)

    def at(self, login_server: str) -> Resource | None:
        """The registry reached at `login_server`."""
        return next((each for each in self._resources if each.login_server == login_server.lower()), None)

    def begin(self, request: ImportRequest, source: Resource, target: Resource) -> Operation:
        """A new operation that runs. It is up to the caller to bring it to its end."""
        operation = Operation(request, source, target, self.clock())
        self.operations[operation.id] = operation
        self.running_most = max(self.running_most, sum(each.status == "Running" for each in self.operations.values()))
        return operation

    def is_due(self, operation: Operation) -> bool:
        """Whether `operation` has run for as long as it has to."""
        ran = self.clock() - operation.begun
        return not self.faults.stuck and operation.polls >= self.faults.slow and ran >= self.duration


ARM: web.AppKey[Arm] = web.AppKey("arm", Arm)

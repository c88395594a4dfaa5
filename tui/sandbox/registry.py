"""One embedded registry: its content, how it authenticates, what goes wrong in it, and its application."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from tui.sandbox.acr.blob_host import new_blob_host
from tui.sandbox.acr.budgets import METER, Budgets, Meter
from tui.sandbox.app import REFUSED, REQUESTS, new_application
from tui.sandbox.auth import GUARD, Anonymous, Auth
from tui.sandbox.faults import CLOCK, FAULTS, Faults
from tui.sandbox.guard import Guard
from tui.sandbox.manifests import MISSING_CONTENT, MissingContent
from tui.sandbox.paging import PAGE_LIMIT
from tui.sandbox.paths import NOW, STORE
from tui.sandbox.spool import Spool
from tui.sandbox.store import Store
from tui.sandbox.uploads import SPOOL, UPLOADS, Upload

_PAGE_LIMIT = 1000


@dataclass(slots=True, eq=False)
class Registry:
    """A registry of the OCI distribution API. It lives in memory; what is uploaded goes to a temporary directory."""

    name: str
    auth: Auth = field(default_factory=Anonymous, kw_only=True)
    faults: Faults = field(default_factory=Faults, kw_only=True)
    budgets: Budgets | None = field(default=None, kw_only=True)
    """Requests in a minute by identity; None is without limit."""
    missing_content: MissingContent = field(default="refuse", kw_only=True)
    """Whether a manifest may refer to content that is not here."""
    page_limit: int = field(default=_PAGE_LIMIT, kw_only=True)
    """Rows of a list in one page at most."""
    clock: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    """Seconds: tokens and request budgets go by it."""
    store: Store = field(default_factory=Store, init=False)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]], init=False)
    """How many requests there were, by method and route, such as `("HEAD", "manifest")`."""
    refused: Counter[int] = field(default_factory=Counter[int], init=False)
    """How many requests were answered 401 and 429."""
    blobs_served: Counter[int] = field(default_factory=Counter[int], init=False)
    """How many requests its blob host answered, by status."""
    uploads: dict[str, Upload] = field(default_factory=dict[str, Upload], init=False)
    """The upload sessions that are open."""
    spool: Spool = field(default_factory=Spool, init=False)
    _epoch: float = field(init=False, repr=False)
    _guard: Guard = field(init=False, repr=False)
    _meter: Meter = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._epoch = time.time() - self.clock()
        self._guard = Guard(self.auth, self.clock, self._wall)
        self._meter = Meter(self.budgets or Budgets(), self.clock)

    def now(self) -> datetime:
        """The time of day: what it was when this registry was made, and what has passed on its clock since."""
        return datetime.fromtimestamp(self._wall(), UTC)

    def app(self) -> web.Application:
        """A new application that serves this registry; several may serve the same one."""
        application = new_application(self.auth)
        application[STORE] = self.store
        application[SPOOL] = self.spool
        application[UPLOADS] = self.uploads
        application[FAULTS] = self.faults
        application[GUARD] = self._guard
        application[METER] = self._meter
        application[NOW] = self.now
        application[CLOCK] = self.clock
        application[MISSING_CONTENT] = self.missing_content
        application[PAGE_LIMIT] = self.page_limit
        application[REQUESTS] = self.requests
        application[REFUSED] = self.refused
        return application

    def blob_host(self) -> web.Application:
        """A new application for another host, to which `faults.redirect_origin` sends downloads of blobs on.

        It serves the bytes to whoever asks, and answers 400 to a request that carries an Authorization header.
        """
        return new_blob_host(self.store, self.blobs_served)

    def _wall(self) -> float:
        return self._epoch + self.clock()

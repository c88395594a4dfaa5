"""One embedded registry: its content, how it authenticates, what goes wrong in it, and its application."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tui.sandbox.app import REQUESTS, new_application
from tui.sandbox.auth import GUARD, Anonymous, Auth, Guard
from tui.sandbox.faults import CLOCK, FAULTS, Faults
from tui.sandbox.manifests import MISSING_CONTENT, MissingContent
from tui.sandbox.paging import PAGE_LIMIT
from tui.sandbox.paths import STORE
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
    missing_content: MissingContent = field(default="refuse", kw_only=True)
    """Whether a manifest may refer to content that is not here."""
    page_limit: int = field(default=_PAGE_LIMIT, kw_only=True)
    """Rows of a list in one page at most."""
    clock: Callable[[], float] = field(default=time.monotonic, kw_only=True)
    """Seconds: tokens and request budgets go by it."""
    store: Store = field(default_factory=Store, init=False)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]], init=False)
    """How many requests there were, by method and route, such as `("HEAD", "manifest")`."""
    uploads: dict[str, Upload] = field(default_factory=dict[str, Upload], init=False)
    """The upload sessions that are open."""
    spool: Spool = field(default_factory=Spool, init=False)

    def app(self) -> web.Application:
        """A new application that serves this registry; several may serve the same one."""
        application = new_application()
        application[STORE] = self.store
        application[SPOOL] = self.spool
        application[UPLOADS] = self.uploads
        application[FAULTS] = self.faults
        application[GUARD] = Guard(self.auth, self.clock)
        application[CLOCK] = self.clock
        application[MISSING_CONTENT] = self.missing_content
        application[PAGE_LIMIT] = self.page_limit
        application[REQUESTS] = self.requests
        return application

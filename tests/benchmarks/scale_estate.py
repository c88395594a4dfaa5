"""An estate of any size, of which only one repository is kept: the others hold the same tags with other digests.

Pages are made by the sandbox's own handlers, once each, and told apart afterwards by the repository's mark in each
digest: what is measured is the client, and 50 million rows need no memory here.
"""

import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, cast
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.simulation import STANDS_FOR, now
from tui.domain import media
from tui.domain.content import digest_of
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.acr.budgets import Budgets
from tui.sandbox.auth import Acr
from tui.sandbox.manifest import Manifest
from tui.sandbox.paths import route_of
from tui.sandbox.records import Record
from tui.sandbox.registry import Registry
from tui.sandbox.store import Part, Store

ACCOUNT: Final = ("operator", "hunter2-hunter2")
BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_BODY: Final = b'{"schemaVersion":2}'
_MANIFEST: Final = Manifest(_BODY, media.OCI_MANIFEST, (), (), None, None, {})
_MARK: Final = b"facade00"
"""How every digest begins, until its repository is known."""
_PAGE: Final = 1000
_DRIFTING: Final = 50
"""Of so many tags one differs from environment to environment."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many repositories, tags in each, and environments, each with a registry of its own.

    `thin` leaves out all but one row of so many, with pages as much shorter: the requests stay the same. More than 200
    tags have to be left, as the client reads fewer anew and does not ask for changes.
    """

    repositories: int
    tags: int
    environments: int
    thin: int = 1

    @property
    def cells(self) -> int:
        """Cells of the whole board."""
        return self.repositories * self.tags * self.environments


class Estate(Store):
    """The content of one environment's registry. What was `pushed` later is kept by repository."""

    def __init__(self, size: Size, environment: int) -> None:
        super().__init__()
        self._names = [Repository(f"team-{at % 20:02}/service-{at:04}") for at in range(size.repositories)]
        self._known = frozenset(self._names)
        rows = max(1, size.tags // size.thin)
        self._tags = dict(sorted((Tag(f"1.{at // 100}.{at % 100}"), _digest(at, environment)) for at in range(rows)))
        self._pushed: dict[Repository, dict[Tag, tuple[Digest, datetime]]] = {}
        self._ages = {tag: BEGAN + timedelta(minutes=at) for at, tag in enumerate(self._tags)}

    def push(self, repository: Repository, tag: Tag, at: datetime) -> None:
        """Points `tag`, new or known, at another image."""
        self._pushed.setdefault(repository, {})[tag] = (digest_of(f"{repository}:{tag}@{at}".encode()), at)

    @property
    def pushed(self) -> frozenset[Repository]:
        """The repositories that were pushed to: they have pages of their own."""
        return frozenset(self._pushed)

    def knows(self, repository: Repository) -> bool:
        return repository in self._known

    def catalog(self) -> Sequence[Repository]:
        return self._names

    def tags(self, repository: Repository) -> Mapping[Tag, Digest]:
        later = self._pushed.get(repository)
        return (
            dict(sorted({**self._tags, **{tag: new[0] for tag, new in later.items()}}.items())) if later else self._tags
        )

    def listed_tags(self, repository: Repository) -> Mapping[Tag, Digest]:
        return self.tags(repository)

    def manifests(self, repository: Repository) -> Mapping[Digest, Manifest]:
        return dict.fromkeys(self.tags(repository).values(), _MANIFEST)

    def record(self, repository: Repository, part: Part) -> Record | None:
        later = self._pushed.get(repository, {})
        if part is None:
            return Record(BEGAN, max((at for _, at in later.values()), default=max(self._ages.values())))
        if not isinstance(part, str):
            return Record(BEGAN, BEGAN)
        made = self._ages.get(part)
        return Record(made or later[part][1], later[part][1] if part in later else self._ages[part])


def _digest(number: int, environment: int) -> Digest:
    told = digest_of(f"{number}-{environment if number % _DRIFTING == 1 else 0}".encode()).hex
    return Digest("sha256", _MARK.decode() + told[len(_MARK) :])


@dataclass(slots=True)
class Pages:
    """The pages that were made already, by what was asked for."""

    store: Estate
    thin: int
    made: dict[tuple[str, str], tuple[bytes, str | None]] = field(
        default_factory=dict[tuple[str, str], "tuple[bytes, str | None]"]
    )

    def middleware(self) -> object:
        """Answers from the pages that are there; the budgets were spent and the token checked before."""

        @web.middleware
        async def from_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
            if route_of(request) == "acr-catalog":
                return self._catalog(request)
            if route_of(request) != "acr-tags":
                return await handler(request)
            name = request.match_info["name"]
            if Repository(name) in self.store.pushed:
                answer = cast("web.Response", await handler(request))
                answer.body = _marked(cast("bytes", answer.body), name)
                return answer
            return await self._kept(request, handler, name)

        return from_pages

    def _catalog(self, request: web.Request) -> web.Response:
        """Pages of the catalog are whole even where those of tags are thin."""
        names = self.store.catalog()
        start = bisect_right(names, request.query.get("last", ""))
        chosen = names[start : start + _PAGE]
        more = start + _PAGE < len(names)
        headers = {"Link": f'<{request.path}?last={quote(chosen[-1])}&n={_PAGE}>; rel="next"'} if more else {}
        return web.json_response({"repositories": list(chosen)}, headers=headers)

    async def _kept(self, request: web.Request, handler: Handler, name: str) -> web.Response:
        key = request.query_string, ""
        if key not in self.made:
            answer = cast("web.Response", await handler(request))
            link = answer.headers.get("Link")
            self.made[key] = (
                cast("bytes", answer.body),
                link.replace(name.replace("/", "%2F"), "{name}") if link else None,
            )
        body, link = self.made[key]
        headers = {"Link": link.replace("{name}", name.replace("/", "%2F"))} if link else {}
        if not request.query.get("orderby"):  # the newest changes are a short page, and are made as they are
            headers[STANDS_FOR] = str(self.thin)
        return web.Response(body=_marked(body, name), content_type="application/json", headers=headers)


def _marked(body: bytes, name: str) -> bytes:
    return body.replace(_MARK, b"%08x" % zlib.crc32(name.encode()))


def new_registry(name: str, size: Size, environment: int, budgets: Budgets) -> tuple[Registry, Estate, web.Application]:
    """A registry with its content and the application that serves it, on the clock of the loop."""
    registry = Registry(
        name,
        auth=Acr(user=ACCOUNT[0], password=ACCOUNT[1]),
        budgets=budgets,
        clock=now,
        page_limit=max(1, _PAGE // size.thin),
    )
    registry.store = estate = Estate(size, environment)
    application = registry.app()
    application.middlewares.append(Pages(estate, size.thin).middleware())  # type: ignore[arg-type]
    return registry, estate, application

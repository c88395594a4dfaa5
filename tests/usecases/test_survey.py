"""Survey: each snapshot as it lands; one dead registry delays and blanks nothing else."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.azurelab import azure_laboratory
from tests.lab import NOW, Lab, client, laboratory, picture
from tui.domain import media
from tui.domain.board import Board
from tui.domain.content import digest_of
from tui.domain.drift import State
from tui.domain.environment import Environment, Kind
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import FailureKind
from tui.sandbox.auth import Acr
from tui.sandbox.faults import Faults
from tui.sandbox.manifest import Manifest
from tui.sandbox.registry import Registry
from tui.usecases.board_names import board_names
from tui.usecases.survey import (
    CatalogClosed,
    CatalogFailed,
    RepositoriesFound,
    SnapshotBegun,
    SnapshotFailed,
    SnapshotTaken,
    SurveyEvent,
    survey,
)

API = Repository("shop/api")


async def events(lab: Lab, scope: Scope | None = None) -> list[SurveyEvent]:
    return [event async for event in lab.bench.survey(scope)]


def fill(path: Board, events: list[SurveyEvent]) -> Board:
    board = path
    for event in events:
        match event:
            case RepositoriesFound(repositories):
                board = board.with_repositories(repositories)
            case SnapshotTaken(snapshot):
                board = board.with_reading(snapshot.environment, snapshot.repository, snapshot)
            case SnapshotFailed(environment, repository, reading):
                board = board.with_reading(environment, repository, reading)
            case SnapshotBegun() | CatalogFailed() | CatalogClosed():
                pass
    return board


def states(board: Board) -> Mapping[str, tuple[State, ...]]:
    return {f"{row.repository}:{row.tag}": row.states for row in board.rows}


async def test_every_tag_of_every_environment_lands_on_the_board(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for environment in ("base", "dev"):
            lab.push(environment, "shop/api", "1.0.0", picture(1))
        lab.push("base", "shop/api", "1.1.0", picture(2))
        lab.push("prod", "shop/api", "1.1.0", picture(3))
        lab.push("dev", "shop/web", "main", picture(4))
        board = fill(Board(lab.bench.path), await events(lab))
    assert states(board) == {
        "shop/api:1.1.0": (State.BASE, State.MISSING, State.DIFFERS),
        "shop/api:1.0.0": (State.BASE, State.IN_SYNC, State.MISSING),
        "shop/web:main": (State.BASE, State.EXTRA, State.IN_SYNC),
    }


async def test_a_dead_registry_is_unknown_and_nothing_else_is(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("dev", "shop/api", "1.0.0", picture(1))
        prod = lab.environment("prod")
        dead = replace(prod, registry="127.0.0.1:1")
        async with client(dead) as lister:
            listers = {lab.environment("base"): lab.tools.registries[lab.environment("base")]}
            listers |= {lab.environment("dev"): lab.tools.registries[lab.environment("dev")], dead: lister}
            found = [event async for event in survey(listers, Scope(), lab.tools.clock, lab.tools.journal)]
    board = fill(Board(lab.bench.path), found)
    assert states(board) == {"shop/api:1.0.0": (State.BASE, State.IN_SYNC, State.UNKNOWN)}
    failed = [event for event in found if isinstance(event, CatalogFailed)]
    assert [(event.environment, event.failure.kind) for event in failed] == [("prod", FailureKind.UNREACHABLE)]


async def test_a_slow_registry_does_not_hold_up_the_others(tmp_path: Path) -> None:
    slow = Registry("prod", faults=Faults(slow=0.3))
    names = ("base", "dev", "prod")
    path = [Environment(name, name) for name in names]
    registries = {"base": Registry("base"), "dev": Registry("dev"), "prod": slow}
    async with laboratory(tmp_path, path, registries) as lab:
        for environment in names:
            lab.push(environment, "shop/api", "1.0.0", picture(1))
        order = [event.snapshot.environment for event in await events(lab) if isinstance(event, SnapshotTaken)]
    assert order[-1] == "prod"
    assert sorted(order) == sorted(names)


async def test_a_forbidden_repository_is_unknown_never_missing(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.registries["prod"].faults.forbidden.add("shop/api")
        found = await events(lab)
    (failed,) = [event for event in found if isinstance(event, SnapshotFailed)]
    assert (failed.environment, failed.reading.failure.mark) == ("prod", "403")
    assert states(fill(Board(lab.bench.path), found))["shop/api:1.0.0"][2] is State.UNKNOWN


async def test_named_repositories_are_read_where_no_catalog_is(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        for registry in lab.registries.values():
            registry.faults.catalog_missing = True
        by_name = await events(lab, Scope(repositories=("shop/api",)))
        by_glob = await events(lab, Scope(repositories=("shop/*",)))
    assert len([event for event in by_name if isinstance(event, SnapshotTaken)]) == 3
    failures = [event.failure for event in by_glob if isinstance(event, CatalogFailed)]
    assert {failure.kind for failure in failures} == {FailureKind.UNLISTED}
    assert "repositories = [" in failures[0].detail


ABAC = Acr(repository_permissions={"shop/api": frozenset({"content/read", "metadata/read", "pull", "metadata_read"})})


async def test_a_closed_catalog_is_no_failure_where_repositories_are_named(tmp_path: Path) -> None:
    path = tuple(Environment(name, name, kind=Kind.ACR) for name in ("base", "dev"))
    async with azure_laboratory(tmp_path, path, {"dev": ABAC}) as azure:
        for name in ("base", "dev"):
            azure.lab.push(name, "shop/api", "1.0.0", picture(1))
        found = await events(azure.lab, Scope(repositories=("shop/api", "shop/*")))
        by_glob = await events(azure.lab, Scope(repositories=("shop/*",)))
    assert not [event for event in found if isinstance(event, CatalogFailed)]
    (closed,) = [event for event in found if isinstance(event, CatalogClosed)]
    assert (closed.environment, closed.failure.kind) == ("dev", FailureKind.UNLISTED)
    assert "the repositories named in the settings are read" in closed.failure.detail
    assert states(fill(Board(azure.lab.bench.path), found)) == {"shop/api:1.0.0": (State.BASE, State.IN_SYNC)}
    (failed,) = [event for event in by_glob if isinstance(event, CatalogFailed)]
    assert "name them outright in the settings" in failed.failure.detail


async def test_a_login_that_is_not_taken_is_told_by_the_repositories(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.registries["dev"].faults.unauthorised = True
        named = await events(lab, Scope(repositories=("shop/api", "shop/*")))
        by_glob = await events(lab, Scope(repositories=("shop/*",)))
    assert [event.environment for event in named if isinstance(event, CatalogClosed)] == ["dev"]
    assert [event.environment for event in named if isinstance(event, SnapshotFailed)] == ["dev"]
    (failed,) = [event for event in by_glob if isinstance(event, CatalogFailed)]
    assert failed.failure.kind is FailureKind.UNAUTHORISED


async def test_the_scope_chooses_repositories_and_tags(tmp_path: Path) -> None:
    scope = Scope(
        repositories=("shop/*",),
        exclude_repositories=("*/scratch",),
        include=(re.compile(r"^\d"),),
        exclude=(re.compile("rc"),),
    )
    async with laboratory(tmp_path, scope=scope) as lab:
        for name in ("shop/api", "shop/scratch", "other/app"):
            for tag in ("1.0.0", "1.1.0-rc1", "latest"):
                lab.push("base", name, tag, picture(1))
        board = fill(Board(lab.bench.path), await events(lab))
    assert list(states(board)) == ["shop/api:1.0.0"]


async def test_only_the_touched_repositories_are_read_again(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for name in ("shop/api", "shop/web"):
            lab.push("base", name, "1.0.0", picture(1))
        found = await events(lab, lab.bench.scope.only([API]))
        requests = lab.registries["base"].requests
    assert {event.snapshot.repository for event in found if isinstance(event, SnapshotTaken)} == {API}
    assert requests["GET", "catalog"] == 0


async def test_snapshots_are_remembered_for_the_next_first_screen(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        assert await lab.bench.recall() == []
        await events(lab)
        recalled = {item.environment: item for item in await lab.bench.recall()}
    assert recalled["base"].is_remembered
    assert list(recalled["base"].entries) == [Tag("1.0.0")]


async def test_a_survey_that_nobody_listens_to_any_more_stops(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        results = lab.bench.survey()
        async for _ in results:
            break
        await results.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(results)


def test_repositories_of_another_environment_in_the_same_registry_are_not_ours() -> None:
    base, test = Environment("base", "r.example"), Environment("test", "r.example", prefix="test/")
    names = [Repository("shop/api"), Repository("test/shop/api")]
    assert board_names(base, names, (base, test)) == ("shop/api",)
    assert board_names(test, names, (base, test)) == ("shop/api",)


async def test_azure_is_asked_for_no_more_than_what_changed_and_the_journal_keeps_all(tmp_path: Path) -> None:
    signature = f"sha256-{'a' * 64}"
    async with azure_laboratory(tmp_path) as azure:
        lab, base = azure.lab, azure.lab.registries["base"]
        for number in range(250):
            stock(base, f"1.{number}", NOW - timedelta(days=1, minutes=6 * number))
        stock(base, signature, NOW - timedelta(days=300))
        await events(lab)
        stock(base, "2.0", NOW)
        base.requests.clear()
        known = await lab.bench.recall()
        found = [event async for event in lab.bench.survey(known=known)]
        asked = {route: number for (_, route), number in base.requests.items() if "token" not in route}
        remembered = {(item.environment, item.repository): item for item in await lab.bench.recall()}
    (snapshot,) = [item.snapshot for item in found if isinstance(item, SnapshotTaken) and item.snapshot.entries]
    assert asked == {"acr-catalog": 1, "acr-repository": 1, "acr-tags": 1}
    assert len(snapshot.entries) == 251
    assert not snapshot.is_remembered
    assert snapshot.others == (signature,)
    kept = remembered["base", API]
    assert (kept.entries, kept.others) == (snapshot.entries, snapshot.others)


async def test_a_tag_that_the_scope_asks_for_now_is_read_though_nothing_changed(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        lab, base = azure.lab, azure.lab.registries["base"]
        for number in range(250):
            stock(base, f"1.{number}", NOW - timedelta(days=1, minutes=6 * number))
        narrow = [event async for event in lab.bench.survey(Scope(exclude=(re.compile("7$"),)))]
        known = await lab.bench.recall()
        wide = [event async for event in lab.bench.survey(known=known)]
    counts = [
        [len(event.snapshot.entries) for event in found if isinstance(event, SnapshotTaken) and event.snapshot.entries]
        for found in (narrow, wide)
    ]
    assert counts == [[225], [250]]


async def test_where_not_all_names_were_known_one_that_is_gone_is_not_passed_over(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        lab, base = azure.lab, azure.lab.registries["base"]
        for number in range(250):
            stock(base, f"1.{number}", NOW - timedelta(days=1, minutes=6 * number))
        stock(base, f"sha256-{'a' * 64}", NOW - timedelta(days=300))
        await events(lab)
        known = [replace(item, others=None) for item in await lab.bench.recall()]
        base.store.delete_tag(API, Tag("1.7"))
        found = [event async for event in lab.bench.survey(known=known)]
    (snapshot,) = [item.snapshot for item in found if isinstance(item, SnapshotTaken) and item.snapshot.entries]
    assert Tag("1.7") not in snapshot.entries


async def test_what_came_in_over_a_long_time_is_not_taken_for_one_moment(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        moments = (NOW + timedelta(minutes=3 * number) for number in itertools.count())
        tools = await lab.bench._ready()  # pyright: ignore[reportPrivateUsage]
        found = [event async for event in survey(tools.registries, Scope(), lambda: next(moments), tools.journal)]
        kept = {item.environment: item for item in await lab.bench.recall()}
    (snapshot,) = [item.snapshot for item in found if isinstance(item, SnapshotTaken) and item.snapshot.entries]
    assert snapshot.others is None
    assert kept["base"].others is None


def stock(registry: Registry, tag: str, at: datetime) -> None:
    manifest = Manifest(b'{"schemaVersion":2}', media.OCI_MANIFEST, (), (), None, None, {})
    registry.store.put_manifest(API, digest_of(manifest.data), manifest, [Tag(tag)], at)

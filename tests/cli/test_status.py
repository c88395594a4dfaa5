"""`status` on fakes: the document, the table and the exit code."""

import re

import pytest

from tests.cli.fakes import API, NOW, Bed, Recorder, image, make_bed, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_reading import StatusCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.status import status
from tui.domain.scope import Scope
from tui.domain.snapshot import Snapshot
from tui.domain.timestamps import parse_timestamp
from tui.ports.errors import Forbidden, RegistryError, Unreachable

DOWN = Unreachable("list tags of shop/api", "t.io", "connection refused")
HIDDEN = Forbidden("list repositories", "b.io", "403")
AS_JSON = StatusCommand(Common(), as_json=True)
AS_TEXT = StatusCommand(Common())


@pytest.fixture
def bed() -> Bed:
    """Everything in sync but one tag."""
    bed = make_bed()
    for name in bed.path.names:
        bed.put(name, "1.0", "one")
    return bed


async def run(bed: Bed, command: StatusCommand, *, ascii_only: bool = False) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(ascii_only=ascii_only)
    return await status(command, recorder.console, bed.opener), recorder


async def test_in_sync_is_0(bed: Bed) -> None:
    code, printed = await run(bed, AS_JSON)
    document = printed.document
    assert code == Exit.DONE
    assert list(document) == ["schema", "taken_at", "environments", "rows", "errors", "summary"]
    assert document["schema"] == 1
    assert parse_timestamp(document["taken_at"])
    assert document["environments"] == ["base", "test", "prod"]
    digest = str(image("one").digest)
    entry = {"digest": digest, "created": "2026-11-24T12:00:00.000Z"}
    cells = {"base": {"state": "base"} | entry} | {name: {"state": "in-sync"} | entry for name in ("test", "prod")}
    assert document["rows"] == [{"repository": "shop/api", "tag": "1.0", "cells": cells}]
    assert document["errors"] == []
    assert document["summary"]["base"] == {"in-sync": 0, "differs": 0, "missing": 0, "extra": 0, "unknown": 0}
    assert document["summary"]["prod"] == {"in-sync": 1, "differs": 0, "missing": 0, "extra": 0, "unknown": 0}


async def test_drift_is_3_and_every_state_is_told(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed.put("test", "2.0", "other")
    bed.put("prod", "0.9", "old")
    code, printed = await run(bed, AS_JSON)
    assert code == Exit.DRIFT
    states = {
        row["tag"]: {name: (cell["state"], cell["digest"] is None) for name, cell in row["cells"].items()}
        for row in printed.document["rows"]
    }
    assert states["2.0"] == {"base": ("base", False), "test": ("differs", False), "prod": ("missing", True)}
    assert states["0.9"] == {"base": ("base", True), "test": ("in-sync", True), "prod": ("extra", False)}


async def test_unread_is_4_even_with_drift_and_is_unknown(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed["test"].broken = DOWN
    code, printed = await run(bed, AS_JSON)
    assert code == Exit.INCOMPLETE
    assert printed.document["summary"]["test"]["unknown"] == 2
    cell = printed.document["rows"][0]["cells"]["test"]
    assert (cell["state"], cell["digest"], cell["detail"]) == ("unknown", None, "connection refused")
    told = {"environment": "test", "repository": "shop/api", "operation": DOWN.operation, "detail": DOWN.detail}
    assert told in printed.document["errors"]


@pytest.mark.parametrize(("repositories", "hidden"), [((API,), "base"), (("shop/*",), "test")])
async def test_a_catalog_that_may_not_be_listed_is_no_loss(
    bed: Bed, repositories: tuple[str, ...], hidden: str
) -> None:
    bed.scope = Scope(repositories)
    bed[hidden].unlisted = HIDDEN
    ended, printed = await run(bed, AS_JSON)
    assert ended == Exit.DONE
    assert printed.document["errors"] == []


async def test_without_the_bases_catalog_nobody_knows_what_is_not_seen(bed: Bed) -> None:
    bed.scope = Scope(("shop/*",))
    bed["base"].unlisted = HIDDEN
    ended, printed = await run(bed, AS_JSON)
    assert ended == Exit.INCOMPLETE
    assert [error["environment"] for error in printed.document["errors"]] == ["base"]


async def test_what_only_a_pattern_means_is_not_seen_either_beside_one_that_is_named(bed: Bed) -> None:
    bed.scope = Scope((API, "team/*"))
    bed.put("base", "1.0", "new", repository="team/web")
    bed["base"].unlisted = HIDDEN
    ended, printed = await run(bed, AS_JSON)
    assert ended == Exit.INCOMPLETE
    assert [error["environment"] for error in printed.document["errors"]] == ["base"]


async def test_a_closed_catalog_beside_one_that_is_named_is_a_remark_where_the_base_tells_the_rest(bed: Bed) -> None:
    bed.scope = Scope((API, "team/*"))
    bed["test"].unlisted = HIDDEN
    ended, printed = await run(bed, AS_JSON)
    assert ended == Exit.DONE
    assert printed.document["errors"] == []
    assert "only the repositories named in the settings are read" in printed.err


@pytest.mark.parametrize("error", [HIDDEN, DOWN])
async def test_nothing_listed_anywhere_is_4(bed: Bed, error: RegistryError) -> None:
    for registry in bed.registries.values():
        registry.unlisted = error
    code, printed = await run(bed, AS_JSON)
    assert code == Exit.INCOMPLETE
    assert len(printed.document["errors"]) == 3
    assert "repository" not in printed.document["errors"][0]


async def test_an_unread_base_makes_all_unknown_and_says_so(bed: Bed) -> None:
    bed["base"].broken = DOWN
    code, printed = await run(bed, AS_JSON)
    cells = printed.document["rows"][0]["cells"]
    assert code == Exit.INCOMPLETE
    assert {cell["state"] for cell in cells.values()} == {"unknown"}
    assert cells["prod"]["digest"] == str(image("one").digest)
    assert "base could not be read" in cells["prod"]["detail"]


async def test_the_table(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed.put("test", "2.0", "other")
    one, two, other = (image(name).digest.short for name in ("one", "two", "other"))
    _, printed = await run(bed, AS_TEXT)
    assert printed.out.splitlines() == [
        "REPOSITORY  TAG  base      test                prod▲",
        f"shop/api    2.0  {two}  ≠ differs {other}  · missing",
        f"shop/api    1.0  {one}  = same              = same",
    ]
    assert "test: 1 in-sync, 1 differs" in printed.err


async def test_the_table_in_ascii(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed.put("test", "2.0", "other")
    bed["prod"].broken = DOWN
    _, printed = await run(bed, AS_TEXT, ascii_only=True)
    assert printed.out.isascii()
    for word in ("S same", "D differs", "E down", "prod^"):
        assert word in printed.out


async def test_only_drift(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    command = StatusCommand(Common(), only_drift=True, as_json=True)
    code, printed = await run(bed, command)
    assert code == Exit.DRIFT
    assert [row["tag"] for row in printed.document["rows"]] == ["2.0"]
    assert printed.document["summary"]["prod"]["in-sync"] == 1


async def test_only_some(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed.put("base", "1.0", "web", "shop/web")
    command = StatusCommand(Common(), ("shop/a*",), re.compile(r"^1\."), as_json=True)
    code, printed = await run(bed, command)
    assert code == Exit.DONE
    assert [(row["repository"], row["tag"]) for row in printed.document["rows"]] == [("shop/api", "1.0")]


async def test_globs_of_settings_and_command_both_hold(bed: Bed) -> None:
    bed.scope = Scope(("shop/*", "ops/one"))
    bed.put("base", "1.0", "web", "shop/web")
    bed.put("base", "1.0", "api", "ops/api")
    _, printed = await run(bed, StatusCommand(Common(), ("*api", "shop/we?"), as_json=True))
    assert {row["repository"] for row in printed.document["rows"]} == {"shop/api", "shop/web"}


async def test_a_named_repository_needs_no_catalog(bed: Bed) -> None:
    bed.scope = Scope(("shop/*",))
    for registry in bed.registries.values():
        registry.unlisted = HIDDEN
    code, printed = await run(bed, StatusCommand(Common(), (API,), as_json=True))
    assert code == Exit.DONE
    assert len(printed.document["rows"]) == 1


async def test_a_repository_that_the_settings_leave_out(bed: Bed) -> None:
    bed.scope = Scope(("shop/*",))
    with pytest.raises(UsageError, match="leave this repository out"):
        await run(bed, StatusCommand(Common(), ("ops/x",)))


async def test_a_tag_filter_that_nothing_matches_is_1(bed: Bed) -> None:
    code, printed = await run(bed, StatusCommand(Common(), (), re.compile("^9")))
    assert (code, printed.out) == (Exit.FAILED, "")
    assert "--tag ^9: found in none of 1 tag" in printed.err


@pytest.mark.parametrize(
    ("glob", "told"),
    [
        ("shop/ap", "; did you mean shop/api?"),
        ("shop/ap[j]*", "; did you mean shop/api?"),
        ("api", "; did you mean shop/api?"),
        ("zzz", "no environment has such a repository with a tag\n"),
    ],
)
async def test_a_repository_that_nobody_has_is_1_with_the_nearest(bed: Bed, glob: str, told: str) -> None:
    await remember(bed)
    for command in (StatusCommand(Common(), (glob,)), StatusCommand(Common(), (glob,), as_json=True)):
        code, printed = await run(bed, command)
        assert code == Exit.FAILED
        assert told in printed.err


async def test_the_nearest_is_known_from_the_catalog_too(bed: Bed) -> None:
    code, printed = await run(bed, StatusCommand(Common(), ("shop/apx*",)))
    assert code == Exit.FAILED
    assert "did you mean shop/api?" in printed.err


async def test_one_of_two_filters_that_matches_nothing_is_told(bed: Bed) -> None:
    code, printed = await run(bed, StatusCommand(Common(), (API, "shop/apii")))
    assert code == Exit.DONE
    assert "--repo shop/apii: no environment has such a repository with a tag; did you mean shop/api?" in printed.err


async def test_a_filter_that_matches_nothing_that_could_be_read_is_4(bed: Bed) -> None:
    bed["test"].broken = DOWN
    code, printed = await run(bed, StatusCommand(Common(), ("shop/apx",)))
    assert code == Exit.INCOMPLETE
    assert "no environment has" not in printed.err


async def test_empty_registries_are_in_sync() -> None:
    code, printed = await run(make_bed(), AS_TEXT)
    assert code == Exit.DONE
    assert "nothing to show" in printed.err


async def remember(bed: Bed) -> None:
    """The journal saw the repository that the base has."""
    (entries,) = [page async for page in bed["base"].tags(API)]
    bed.journal.memory.append(Snapshot("base", API, NOW, {entry.tag: entry for entry in entries}))

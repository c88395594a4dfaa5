"""`where` on fakes: the table, the document, what is said, and the exit code."""

import dataclasses
from collections.abc import Callable, Sequence

import pytest

from tests.cli.fakes import API, Bed, Recorder, image, make_bed, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_reading import WhereCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.where import where
from tui.domain.board import Board, Row
from tui.domain.identity import Identity
from tui.domain.needle import parse_needle
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.ports.errors import Unreachable
from tui.usecases.finding import Find, Holding, Looked, Unidentified

COMMIT = "1f3c2ab94be1d0a77aa01ee3c5d6e7f809182736"
ORIGIN = Identity(commit=COMMIT, build="20261120.4")
AS_TEXT = WhereCommand(Common(), parse_needle("1f3c2ab"))
AS_JSON = dataclasses.replace(AS_TEXT, as_json=True)
Finds = Callable[[Board, Sequence[Row]], Sequence[Find]]


def held(environment: str, tag: str, repository: str = API, identity: Identity | None = ORIGIN) -> Holding:
    """A tag that holds the image `one`."""
    return Holding(environment, Repository(repository), Tag(tag), image("one").digest, identity)


def unreadable(tag: str) -> Unidentified:
    return Unidentified("prod", API, Tag(tag), "403; ask for the right to pull")


def finding(*finds: Find) -> Finds:
    """Finds these, whatever is looked for."""
    return lambda _board, _rows: finds


@pytest.fixture
def bed() -> Bed:
    bed = make_bed()
    for tag in ("1.0", "latest"):
        bed.put("base", tag, "one")
        bed.put("prod", tag, "one")
    bed.finds = finding(held("prod", "1.0"), held("base", "latest"), held("base", "1.0"), Looked(1, 1))
    return bed


async def run(bed: Bed, command: WhereCommand, *, is_terminal: bool = False) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(is_terminal=is_terminal)
    return await where(command, recorder.console, bed.opener), recorder


async def test_a_line_for_each_image_in_path_order(bed: Bed) -> None:
    code, printed = await run(bed, AS_TEXT)
    digest = image("one").digest.short
    assert code == Exit.DONE
    assert printed.out.splitlines() == [
        "ENVIRONMENT  REPOSITORY  TAG                DIGEST    BUILD       COMMIT",
        f"base         shop/api    1.0 (also latest)  {digest}  20261120.4  1f3c2ab94be1",
        f"prod         shop/api    1.0                {digest}  20261120.4  1f3c2ab94be1",
    ]
    kinds = "the beginning of a commit or a digest, or as a whole build number or its first parts"
    assert printed.err == f"looked through 2 tags, at 1 image, for 1f3c2ab as {kinds}\n"


async def test_the_document_has_every_tag(bed: Bed) -> None:
    code, printed = await run(bed, AS_JSON)
    document = printed.document
    assert code == Exit.DONE
    assert list(document) == ["schema", "needle", "taken_at", "found", "unread"]
    assert (document["schema"], document["needle"], document["unread"]) == (1, "1f3c2ab", [])
    assert [(each["environment"], each["tag"]) for each in document["found"]] == [
        ("base", "1.0"),
        ("base", "latest"),
        ("prod", "1.0"),
    ]
    assert document["found"][0] == {
        "environment": "base",
        "repository": "shop/api",
        "tag": "1.0",
        "digest": str(image("one").digest),
        "commit": COMMIT,
        "build": "20261120.4",
        "created": "2026-11-24T12:00:00.000Z",
    }


async def test_a_digest_needs_no_origin(bed: Bed) -> None:
    bed.finds = finding(held("base", "1.0", identity=None))
    code, printed = await run(bed, AS_TEXT)
    assert code == Exit.DONE
    assert printed.out.splitlines()[1].split()[-2:] == ["-", "-"]
    _, printed = await run(bed, AS_JSON)
    assert not {"commit", "build"} & printed.document["found"][0].keys()


async def test_nowhere_is_1_with_a_sentence(bed: Bed) -> None:
    bed.finds = finding(Looked(3, 3))
    code, printed = await run(bed, AS_TEXT)
    assert (code, printed.out) == (Exit.FAILED, "")
    assert "no environment holds 1f3c2ab" in printed.err


async def test_too_few_digits_for_a_commit_are_no_claim_about_commits(bed: Bed) -> None:
    bed.finds = finding(Looked(3, 3))
    code, printed = await run(bed, WhereCommand(Common(), parse_needle("1f3")))
    assert code == Exit.FAILED
    assert "no environment holds 1f3 as a whole build number" in printed.err
    assert "a commit or a digest needs four digits" in printed.err


async def test_nowhere_in_json_is_an_empty_list(bed: Bed) -> None:
    bed.finds = finding()
    code, printed = await run(bed, AS_JSON)
    assert (code, printed.document["found"]) == (Exit.FAILED, [])


async def test_an_unread_registry_is_4_whether_found_or_not(bed: Bed) -> None:
    bed["test"].broken = Unreachable("list tags", "t.io", "connection refused")
    code, printed = await run(bed, AS_TEXT)
    assert code == Exit.INCOMPLETE
    assert "there may be more" in printed.err
    assert "base " in printed.out
    bed.finds = finding()
    code, printed = await run(bed, AS_TEXT)
    assert code == Exit.INCOMPLETE
    assert "may be there all the same" in printed.err
    assert "no environment holds" not in printed.err


async def test_an_image_that_could_not_be_read_is_4_and_is_named(bed: Bed) -> None:
    bed.finds = finding(unreadable("1.0"), Looked(1, 1))
    code, printed = await run(bed, AS_JSON)
    assert code == Exit.INCOMPLETE
    assert printed.document["unread"] == [
        {
            "environment": "prod",
            "repository": "shop/api",
            "tag": "1.0",
            "operation": "read its origin",
            "detail": "403; ask for the right to pull",
        }
    ]
    assert "prod: cannot read the origin of shop/api:1.0: 403" in printed.err


async def test_many_that_could_not_be_read_are_told_in_a_few_lines(bed: Bed) -> None:
    bed.finds = finding(*(unreadable(str(number)) for number in range(500)))
    _, printed = await run(bed, AS_TEXT)
    assert printed.err.count("\n") < 15
    assert "490 other tags" in printed.err


async def test_only_the_repositories_that_are_asked_for_are_looked_through(bed: Bed) -> None:
    bed.put("base", "1.0", "one", "shop/web")
    seen: list[set[str]] = []

    def finds(_board: Board, rows: Sequence[Row]) -> Sequence[Find]:
        seen.append({row.repository for row in rows})
        return ()

    bed.finds = finds
    await run(bed, dataclasses.replace(AS_TEXT, repositories=("shop/w*",)))
    assert seen == [{"shop/web"}]


async def test_no_repository_that_matches_is_said(bed: Bed) -> None:
    bed.finds = finding()
    code, printed = await run(bed, dataclasses.replace(AS_TEXT, repositories=("nope/*",)))
    assert code == Exit.FAILED
    assert "--repo nope/*: no environment has such a repository" in printed.err
    assert "nothing to look through" in printed.err


async def test_a_repository_that_the_settings_leave_out(bed: Bed) -> None:
    bed.scope = Scope(("shop/*",))
    with pytest.raises(UsageError, match="leave this repository out"):
        await run(bed, dataclasses.replace(AS_TEXT, repositories=("ops/x",)))


async def test_progress_is_drawn_where_that_can_be(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    bed.finds = finding(Looked(1, 3), Looked(3, 3))
    _, printed = await run(bed, AS_TEXT, is_terminal=True)
    assert "looked at 1 of 3 images" in printed.err

"""`history` on fakes: newest first, in text and in JSON, and what is said where nothing is known."""

import dataclasses
from datetime import timedelta

import pytest

from tests.cli.fakes import API, NOW, Bed, Recorder, image, make_bed, make_recorder
from tui.cli.commands import Common, HistoryCommand
from tui.cli.exits import Exit
from tui.cli.history import history
from tui.domain.history import History, Landing, Sighting
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ports.errors import Unreachable

ONE, TWO = (image(name).digest for name in ("one", "two"))
OF_TAG = HistoryCommand(Common(), API, Tag("1.0"))
SIGHTINGS = (
    Sighting("base", API, Tag("1.0"), ONE, NOW - timedelta(days=3)),
    Sighting("base", API, Tag("1.0"), TWO, NOW - timedelta(days=2)),
    Sighting("prod", API, Tag("1.0"), None, NOW - timedelta(days=1)),
)
LANDING = Landing("prod", API, Tag("1.0"), ONE, NOW - timedelta(days=2), "p1", f"b.io/shop/api:1.0@{ONE}")


@pytest.fixture
def bed() -> Bed:
    """Nothing can be contacted; the journal knows one tag."""
    bed = make_bed()
    for registry in bed.registries.values():
        registry.broken = Unreachable("list tags", "x.io", "connection refused")
    bed.journal.past = History(SIGHTINGS, (LANDING,))
    return bed


def remember(bed: Bed, *tags: str) -> None:
    """The journal saw the repository with `tags` in base."""
    entries = {Tag(tag): TagEntry(Tag(tag), ONE) for tag in tags}
    bed.journal.memory.append(Snapshot("base", API, NOW, entries))


async def run(bed: Bed, command: HistoryCommand) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder()
    return await history(command, recorder.console, bed.opener), recorder


async def test_the_document_is_newest_first(bed: Bed) -> None:
    code, printed = await run(bed, dataclasses.replace(OF_TAG, as_json=True))
    assert (code, printed.err) == (Exit.DONE, "")
    place = {"repository": "shop/api", "tag": "1.0"}
    assert printed.document == {
        "schema": 1,
        "sightings": [
            {"environment": "prod", **place, "digest": None, "at": "2026-11-23T12:00:00.000Z"},
            {"environment": "base", **place, "digest": str(TWO), "at": "2026-11-22T12:00:00.000Z"},
            {"environment": "base", **place, "digest": str(ONE), "at": "2026-11-21T12:00:00.000Z"},
        ],
        "promotions": [
            {
                "environment": "prod",
                **place,
                "digest": str(ONE),
                "at": "2026-11-22T12:00:00.000Z",
                "promotion": "p1",
                "source": LANDING.source,
            }
        ],
    }


async def test_the_text_is_newest_first(bed: Bed) -> None:
    code, printed = await run(bed, OF_TAG)
    lines = printed.out.splitlines()
    assert code == Exit.DONE
    assert lines[0].split() == ["TIME", "AGE", "ENVIRONMENT", "TAG", "WHAT"]
    assert [line[:10] for line in lines[1:]] == sorted((line[:10] for line in lines[1:]), reverse=True)
    assert lines[1].startswith("2026-11-23 12:00:00Z")
    assert "prod         1.0  seen gone" in lines[1]
    assert lines[-1].startswith("2026-11-21 12:00:00Z")
    assert f"base         1.0  first seen with {ONE.short}" in lines[-1]


async def test_without_a_repository_it_is_the_promotions(bed: Bed) -> None:
    code, printed = await run(bed, HistoryCommand(Common()))
    assert code == Exit.DONE
    assert [line.split()[4:6] for line in printed.out.splitlines()[1:]] == [["prod", "shop/api:1.0"]]


async def test_an_empty_journal_says_how_it_is_filled(bed: Bed) -> None:
    bed.journal.past = History()
    for command, wanted in ((OF_TAG, Exit.FAILED), (HistoryCommand(Common()), Exit.DONE)):
        code, printed = await run(bed, command)
        assert (code, printed.out) == (wanted, "")
        assert "windlass status" in printed.err


async def test_an_empty_document_is_a_document(bed: Bed) -> None:
    bed.journal.past = History()
    _, printed = await run(bed, dataclasses.replace(OF_TAG, as_json=True))
    assert printed.document == {"schema": 1, "sightings": [], "promotions": []}
    assert printed.err


@pytest.mark.parametrize(
    ("repository", "tag", "told"),
    [
        ("shop/apu", None, "knows no repository shop/apu; did you mean shop/api?"),
        ("x", None, "knows no repository x\n"),
        ("shop/api", "1.0.1", "never saw shop/api:1.0.1; did you mean 1.0.0?"),
        ("shop/api", "zzz", "never saw shop/api:zzz\n"),
        (None, None, "nothing was promoted"),
    ],
)
async def test_what_is_not_known_is_told_with_the_nearest_that_is(
    bed: Bed, repository: str | None, tag: str | None, told: str
) -> None:
    bed.journal.past = History()
    remember(bed, "1.0.0", "latest")
    name = Repository(repository) if repository else None
    code, printed = await run(bed, HistoryCommand(Common(), name, Tag(tag) if tag else None))
    assert (code, printed.out) == (Exit.FAILED if name else Exit.DONE, "")
    assert told in printed.err


@pytest.mark.parametrize("tag", [None, Tag("1.0.0")])
async def test_what_is_known_and_never_changed_is_no_slip(bed: Bed, tag: Tag | None) -> None:
    bed.journal.past = History()
    remember(bed, "1.0.0")
    code, printed = await run(bed, HistoryCommand(Common(), API, tag))
    assert (code, printed.out) == (Exit.DONE, "")
    assert "saw no change of shop/api" in printed.err

"""`history` on fakes: newest first, in text and in JSON, and what is said where nothing is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cli.fakes import API, NOW, Bed, Recorder, image, make_bed, make_recorder
from tests.fakes import FakeJournal
from tui.cli.commands import Common
from tui.cli.commands_reading import HistoryCommand
from tui.cli.exits import Exit
from tui.cli.history import history
from tui.domain.events import Event, LineLogged, PromotionSucceeded, Recorded
from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.past import ChainCheck, Outcome, Past
from tui.domain.reference import Reference, Repository, Tag
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

PROD = Reference("p.io", API, Tag("1.0"))
REFUSED = Past(
    "ab02", NOW, Reference("b.io", API, Tag("1.0"), ONE), PROD, Outcome.REFUSED, detail="signed: no signature"
)
DONE = Past("ab01", NOW, REFUSED.source, PROD, Outcome.SUCCEEDED, "direct", TWO, moved=True, by="release")


class Checked(FakeJournal):
    """A journal whose chain was followed already."""

    def __init__(self, check: ChainCheck) -> None:
        super().__init__()
        self._check = check

    async def check(self) -> ChainCheck:
        return self._check


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
    code, printed = await run(bed, replace(OF_TAG, as_json=True))
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
                "replaced": None,
                "occasion": None,
                "by": None,
            }
        ],
        "removals": [],
        "attempts": [],
    }


async def test_undos_are_told_as_what_they_are(bed: Bed) -> None:
    back = replace(LANDING, promotion="p3", replaced=TWO, occasion="undo p2", by="release")
    gone = Removal("prod", API, Tag("1.0"), ONE, NOW, "p4", "undo p1", "release")
    bed.journal.past = History(SIGHTINGS, (LANDING, back), (gone,))
    _, printed = await run(bed, replace(OF_TAG, as_json=True))
    told = printed.document["promotions"][0]
    assert [told[key] for key in ("promotion", "replaced", "occasion", "by")] == ["p3", str(TWO), "undo p2", "release"]
    (told,) = printed.document["removals"]
    assert [told[key] for key in ("promotion", "digest", "occasion", "by")] == ["p4", str(ONE), "undo p1", "release"]
    _, printed = await run(bed, OF_TAG)
    assert f"taken away (undo p1), had {ONE.short}, by release" in printed.out
    assert f"put back {ONE.short} (undo p2), was {TWO.short}" in printed.out


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


async def test_without_a_repository_it_is_every_promotion(bed: Bed) -> None:
    bed.journal.promoted = [REFUSED, DONE]
    code, printed = await run(bed, HistoryCommand(Common()))
    assert code == Exit.DONE
    lines = [" ".join(line.split()[2:]) for line in printed.out.splitlines()]
    assert lines[0] == "ID OUTCOME ENVIRONMENT IMAGE BY WHAT"
    assert lines[1].endswith(f" ab02 refused prod shop/api:1.0 - {ONE.short} from base: signed: no signature")
    assert lines[2].endswith(f" ab01 succeeded prod shop/api:1.0 release {ONE.short} from base, over {TWO.short}")


async def test_what_was_undone_since_says_so(bed: Bed) -> None:
    bed.journal.promoted = [replace(DONE, promotion="ab03", occasion="undo ab01"), DONE]
    _, printed = await run(bed, HistoryCommand(Common()))
    _, undo, undone = printed.out.splitlines()
    assert undo.endswith(f"put back {ONE.short}, over {TWO.short} (undo ab01)")
    assert undone.endswith(f"undone since: {ONE.short} from base, over {TWO.short}")


async def test_every_attempt_stands_in_the_document(bed: Bed) -> None:
    bed.journal.promoted = [REFUSED, replace(DONE, target=Reference("p.io", Repository("shop/web"), Tag("1.0")))]
    _, printed = await run(bed, replace(OF_TAG, as_json=True))
    assert printed.document["attempts"] == [
        {
            "promotion": "ab02",
            "outcome": "refused",
            "environment": "prod",
            "repository": "shop/api",
            "tag": "1.0",
            "digest": str(ONE),
            "replaced": None,
            "source": str(REFUSED.source),
            "target": "p.io/shop/api:1.0",
            "began": "2026-11-24T12:00:00.000Z",
            "ended": None,
            "moved": False,
            "untagged": False,
            "engine": None,
            "occasion": None,
            "by": None,
            "detail": "signed: no signature",
        }
    ]


async def test_an_attempt_is_known_of_a_tag_that_was_never_seen(bed: Bed) -> None:
    bed.journal.past, bed.journal.promoted = History(), [REFUSED]
    code, printed = await run(bed, OF_TAG)
    assert (code, "refused" in printed.out, printed.err) == (Exit.DONE, True, "")


def recorded(event: Event) -> Recorded:
    return Recorded("ab01", NOW, DONE.source, DONE.target, event)


async def test_every_event_of_one_promotion(bed: Bed) -> None:
    bed.journal.records = [recorded(LineLogged("hello")), recorded(PromotionSucceeded(1.5))]
    code, printed = await run(bed, HistoryCommand(Common(), promotion="ab"))
    assert (code, printed.err) == (Exit.DONE, "")
    assert [line.split("  ", 1) for line in printed.out.splitlines()] == [
        ["2026-11-24 12:00:00Z", "       hello"],
        ["2026-11-24 12:00:00Z", "done in 1.5 s"],
    ]
    _, printed = await run(bed, HistoryCommand(Common(), promotion="ab", as_json=True))
    assert [event["event"] for event in printed.document["events"]] == ["LineLogged", "PromotionSucceeded"]


async def test_a_promotion_that_nobody_knows(bed: Bed) -> None:
    code, printed = await run(bed, HistoryCommand(Common(), promotion="ff"))
    assert (code, printed.out) == (Exit.FAILED, "")
    assert "begins with ff" in printed.err


@pytest.mark.parametrize(
    ("check", "code", "out", "err"),
    [
        (ChainCheck(0, "abc"), Exit.DONE, "the journal holds no event yet: there is nothing to verify\n", ""),
        (ChainCheck(1234, "abc"), Exit.DONE, "all 1234 events stand as they were recorded; the head is abc\n", ""),
        (ChainCheck(1, "abc", 2, "event 2 was taken out"), Exit.FAILED, "", "event 2 was taken out"),
    ],
)
async def test_whether_the_journal_is_as_it_was_written(
    bed: Bed, check: ChainCheck, code: Exit, out: str, err: str
) -> None:
    journal = Checked(check=check)
    bed.journal = journal
    found, printed = await run(bed, HistoryCommand(Common(), verifies=True))
    assert (found, printed.out.replace(",", "")) == (code, out)
    assert err in printed.err
    assert "keep a copy as evidence" in printed.err.splitlines()[-1:][0] if err else not printed.err
    found, printed = await run(bed, HistoryCommand(Common(), verifies=True, as_json=True))
    wanted = {"events": check.events, "head": "abc", "broken_at": check.broken_at, "finding": check.finding or None}
    assert (found, printed.document) == (code, {"schema": 1, **wanted})


async def test_an_empty_journal_says_how_it_is_filled(bed: Bed) -> None:
    bed.journal.past = History()
    for command, wanted in ((OF_TAG, Exit.FAILED), (HistoryCommand(Common()), Exit.DONE)):
        code, printed = await run(bed, command)
        assert (code, printed.out) == (wanted, "")
        assert "windlass status" in printed.err


async def test_an_empty_document_is_a_document(bed: Bed) -> None:
    bed.journal.past = History()
    _, printed = await run(bed, replace(OF_TAG, as_json=True))
    assert printed.document == {"schema": 1, "sightings": [], "promotions": [], "removals": [], "attempts": []}
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

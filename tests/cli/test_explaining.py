"""`status --explain`: reasons, evidence and aliases, in the table and in the document."""

import re
from datetime import timedelta

import pytest

from tests.cli.fakes import NOW, Bed, Recorder, image, make_bed, make_recorder
from tui.cli.board_text import cell_text, explanation_lines, tag_text
from tui.cli.commands import Common
from tui.cli.commands_reading import StatusCommand
from tui.cli.exits import Exit
from tui.cli.status import status
from tui.domain.board import Board
from tui.domain.drift import Cell, State
from tui.domain.explanation import Clue, Explained, Explanation, Likeness, Question, Reason, Undecided
from tui.domain.insight import Insight
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ports.errors import Unreachable

AS_TEXT = StatusCommand(Common(), explains=True)
AS_JSON = StatusCommand(Common(), explains=True, as_json=True)
MOVED = Explained(Reason.MOVED, (Clue("the base's tag moved", NOW), Clue("seen by nobody")), Likeness(4, 9, 61_000_000))
OPEN = Undecided(("the manifest cannot be read: 403; ask for the right to pull",))


def answer(question: Question) -> Explanation:
    """Moved in test, undecided in prod."""
    return MOVED if question.environment == "test" else OPEN


@pytest.fixture
def bed() -> Bed:
    """A tag that differs in test and prod, and one in sync which is two tags."""
    bed = make_bed()
    bed.answers = answer
    for tag in ("1.0", "latest"):
        for name in bed.path.names:
            bed.put(name, tag, "one")
    bed.put("base", "2.0", "two")
    bed.put("test", "2.0", "one")
    bed.put("prod", "2.0", "other")
    return bed


async def run(bed: Bed, command: StatusCommand, *, is_terminal: bool = False) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(is_terminal=is_terminal)
    return await status(command, recorder.console, bed.opener), recorder


async def test_the_document_has_reason_evidence_and_layers(bed: Bed) -> None:
    code, printed = await run(bed, AS_JSON)
    rows = {row["tag"]: row for row in printed.document["rows"]}
    entry = {"state": "differs", "created": "2026-11-24T12:00:00.000Z"}
    assert code == Exit.DRIFT
    assert rows["2.0"]["cells"]["test"] == entry | {
        "digest": str(image("one").digest),
        "reason": "moved",
        "evidence": [{"text": "the base's tag moved", "at": "2026-11-24T12:00:00.000Z"}, {"text": "seen by nobody"}],
        "layers": {"shared": 4, "of": 9, "missing_bytes": 61_000_000},
    }
    undecided = {"digest": str(image("other").digest), "undecided": list(OPEN.missing)}
    assert rows["2.0"]["cells"]["prod"] == entry | undecided


async def test_without_being_asked_nothing_is_looked_into(bed: Bed) -> None:
    bed.answers = None
    _, printed = await run(bed, StatusCommand(Common(), as_json=True))
    rows = printed.document["rows"]
    assert not any("aliases" in row for row in rows)
    assert not any({"reason", "evidence", "undecided"} & cell.keys() for row in rows for cell in row["cells"].values())


async def test_aliases_are_the_other_tags_of_the_bases_image(bed: Bed) -> None:
    _, printed = await run(bed, AS_JSON)
    rows = {row["tag"]: row.get("aliases") for row in printed.document["rows"]}
    assert rows == {"2.0": None, "1.0": ["latest"], "latest": ["1.0"]}


async def test_what_the_base_has_not_has_the_aliases_of_the_first_that_has(bed: Bed) -> None:
    for tag in ("3.0", "3"):
        bed.put("prod", tag, "three")
    _, printed = await run(bed, AS_JSON)
    assert {row["tag"]: row.get("aliases") for row in printed.document["rows"]}["3.0"] == ["3"]


async def test_a_question_knows_the_bases_tags_for_what_the_environment_holds(bed: Bed) -> None:
    asked: list[Question] = []

    def note(question: Question) -> Explanation:
        asked.append(question)
        return OPEN

    bed.answers = note
    await run(bed, AS_JSON)
    assert [(item.tag, item.environment, set(item.base_tags)) for item in asked] == [
        ("2.0", "test", {"1.0", "latest"}),
        ("2.0", "prod", set()),
    ]


async def test_only_what_is_shown_is_asked_about(bed: Bed) -> None:
    asked: list[Question] = []
    bed.answers = lambda question: asked.append(question) or OPEN
    await run(bed, StatusCommand(Common(), tag=re.compile("^1"), explains=True))
    assert asked == []


async def test_the_table_and_what_stands_below_it(bed: Bed) -> None:
    _, printed = await run(bed, AS_TEXT)
    table, _, reasons = printed.out.partition("\n\n")
    one, two, other = (image(name).digest.short for name in ("one", "two", "other"))
    assert table.splitlines() == [
        "REPOSITORY  TAG                base      test              prod▲",
        f"shop/api    2.0                {two}  ≠ moved {one}  ≠ differs {other}",
        f"shop/api    1.0 (also latest)  {one}  = same            = same",
        f"shop/api    latest (also 1.0)  {one}  = same            = same",
    ]
    lines = reasons.splitlines()
    assert lines[0] == "test shop/api:2.0  moved: the base's tag was pushed again after promotion"
    assert lines[1].startswith("    the base's tag moved ")
    assert lines[2:4] == ["    seen by nobody", "    4 of 9 layers shared, 61 MB to transfer"]
    assert lines[4].startswith("prod shop/api:2.0  undecided")
    assert lines[5:] == [f"    {OPEN.missing[0]}"]
    assert "why cells differ: 1 moved, 1 undecided" in printed.err


async def test_an_open_reason_is_drift_all_the_same(bed: Bed) -> None:
    bed.answers = lambda _: OPEN
    code, _ = await run(bed, AS_TEXT)
    assert code == Exit.DRIFT


async def test_an_unread_registry_is_4_with_the_reasons_of_the_others(bed: Bed) -> None:
    bed["prod"].broken = Unreachable("list tags", "p.io", "connection refused")
    code, printed = await run(bed, AS_TEXT)
    assert code == Exit.INCOMPLETE
    assert "test shop/api:2.0  moved" in printed.out


async def test_progress_is_drawn_where_that_can_be(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    _, printed = await run(bed, AS_TEXT, is_terminal=True)
    assert "explained 1 of 2 cells that differ" in printed.err
    _, printed = await run(bed, AS_TEXT)
    assert "explained" not in printed.err


async def test_nothing_that_differs_needs_no_explainer(bed: Bed) -> None:
    for name in bed.path.names:
        bed.put(name, "2.0", "two")
    code, printed = await run(bed, AS_TEXT)
    assert code == Exit.DONE
    assert "\n\n" not in printed.out
    assert "why cells differ" not in printed.err


def test_hostile_evidence_steers_no_terminal() -> None:
    sides = {name: TagEntry(Tag("1"), Digest("sha256", letter * 64)) for name, letter in (("base", "a"), ("test", "b"))}
    board = Board(make_bed().path)
    for name, entry in sides.items():
        board = board.with_reading(name, Repository("a"), Snapshot(name, Repository("a"), NOW, {entry.tag: entry}))
    row = board.rows[0]
    question = board.question(row, 1)
    assert question is not None
    evil = Explained(Reason.FOREIGN, (Clue("\x1b[2J\u202eevil", NOW - timedelta(days=1)),))
    board = Board(board.path, board.sections, Insight({question.key: evil}))
    recorder = make_recorder()
    for line in explanation_lines(board, board.rows, NOW):
        recorder.console.data(line)
    assert "evil 1 d ago" in recorder.out
    assert recorder.out.replace("\n", "").isprintable()


@pytest.mark.parametrize(("ascii_only", "told"), [(False, "≠ behind abababab"), (True, "D behind abababab")])
def test_a_reason_takes_the_place_of_the_word(ascii_only: bool, told: str) -> None:
    cell = Cell(State.DIFFERS, TagEntry(Tag("1"), Digest("sha256", "ab" * 32)), explanation=Explained(Reason.BEHIND))
    assert cell_text(cell, ascii_only=ascii_only) == told


@pytest.mark.parametrize(
    ("aliases", "told"),
    [
        ([], "1.14.2"),
        (["latest", "1.14"], "1.14.2 (also latest, 1.14)"),
        (["stable-2026-11-24", "latest", "1.14", "1"], "1.14.2 (also stable-2026-11-24, latest, 2 more)"),
        (["x" * 128], "1.14.2 (also 1 more)"),
    ],
)
def test_as_many_aliases_as_there_is_room_for(aliases: list[str], told: str) -> None:
    assert tag_text(Tag("1.14.2"), [Tag(alias) for alias in aliases]) == told

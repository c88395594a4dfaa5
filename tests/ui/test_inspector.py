"""The inspector: the drift in a sentence, whole values, nothing taken for markup."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from tests.ui.plans import API, BASE, NEW, NOON, OLD, PROD, TAG
from tui.domain import media
from tui.domain.approval import Approval
from tui.domain.board import Row
from tui.domain.content import Descriptor
from tui.domain.drift import Cell, State
from tui.domain.explanation import Clue, Explained, Likeness, Reason, Undecided
from tui.domain.identity import Identity
from tui.domain.masking import MASK
from tui.domain.platform import Platform
from tui.domain.provenance import Note
from tui.domain.reference import Tag
from tui.domain.snapshot import Failure, FailureKind, TagEntry
from tui.ui.drift_text import evidence_text
from tui.ui.glyphs import ASCII
from tui.ui.inspection import Extras
from tui.ui.widgets.inspector import Inspector
from tui.usecases.inspect import Details

HERE = TagEntry(TAG, OLD, NOON - timedelta(days=3), NOON - timedelta(hours=2), locked=True)
THERE = TagEntry(TAG, NEW)
FAILURE = Failure(FailureKind.UNAUTHORISED, "list tags of shop/api", "no credentials [/x]", "401")
DETAILS = Details(
    PROD.reference(API, TAG, OLD),
    Descriptor(media.OCI_INDEX, OLD, 900),
    (Platform("linux", "amd64"), Platform("linux", "arm64", "v8")),
    298_000_000,
    9,
    NOON - timedelta(days=3),
    (("org.opencontainers.image.revision", "1f3c2ab [@click=app.quit]x[/]"),),
    (),
    (Descriptor(media.OCI_MANIFEST, NEW, 3, artifact_type="application/vnd.example.signature"),),
)


class Stage(App[None]):
    """Nothing but an inspector."""

    def __init__(self, inspector: Inspector) -> None:
        super().__init__()
        self.inspector = inspector

    def compose(self) -> ComposeResult:
        yield self.inspector


def row(base: State = State.BASE, entry: TagEntry | None = THERE) -> Row:
    return Row(API, TAG, (entry, HERE), (base, State.DIFFERS))


def text_of(inspector: Inspector) -> str:
    return "\n".join(str(part.content) for part in inspector.query(Static))


SENTENCES = [
    (Cell(State.DIFFERS, HERE), "prod▲ ≠ differs: same tag, other digest"),
    (Cell(State.DIFFERS, HERE, explanation=Explained(Reason("moved"))), "moved: the base's tag was pushed again"),
    (Cell(State.IN_SYNC, HERE), "prod▲ = base: same digest"),
    (Cell(State.IN_SYNC), "neither prod▲ nor the base has this tag"),
    (Cell(State.MISSING), "prod▲ · missing: the base has this tag, prod▲ has not"),
    (Cell(State.EXTRA, HERE), "prod▲ + extra"),
    (Cell(State.UNKNOWN, is_loading=True), "prod▲ … loading"),
    (Cell(State.UNKNOWN, failure=FAILURE), "unauthorised (401): cannot list tags of shop/api: no credentials [/x]"),
    (Cell(State.UNKNOWN), "prod▲ ? unknown: nothing is said of it"),
    (Cell(State.BASE, HERE), "is the base"),
    (Cell(State.IN_SYNC, HERE, is_remembered=True), "remembered from an earlier session"),
]


@pytest.mark.parametrize("size", [(40, 24), (80, 24), (160, 50)])
@pytest.mark.parametrize(("cell", "said"), SENTENCES)
async def test_the_state_is_a_sentence(cell, said, size):
    app = Stage(Inspector())
    async with app.run_test(size=size) as pilot:
        app.inspector.show_cell(PROD, row(), cell, NOON)
        await pilot.pause()
        assert said in text_of(app.inspector)
        assert app.inspector.virtual_size.width <= size[0]


async def test_without_a_base_there_is_nothing_to_compare_with():
    app = Stage(Inspector())
    async with app.run_test():
        app.inspector.show_cell(PROD, row(State.UNKNOWN, None), Cell(State.UNKNOWN, HERE), NOON)
        assert "the base was not read" in text_of(app.inspector)


async def test_digests_times_and_lock_are_whole():
    app = Stage(Inspector())
    async with app.run_test():
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE), NOON)
        text = text_of(app.inspector)
        for known in (str(OLD), str(NEW), "2026-11-21T12:00:00.000Z, 3 d ago", "2 h ago", "locked"):
            assert known in text


async def test_details_are_shown_and_dropped_with_the_next_cell():
    app = Stage(Inspector())
    async with app.run_test():
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE), NOON)
        app.inspector.show_loading()
        assert "reading the image" in text_of(app.inspector)
        app.inspector.show_details(DETAILS)
        text = text_of(app.inspector)
        for known in (
            str(DETAILS.reference),
            "OCI index",
            "linux/amd64, linux/arm64/v8",
            "298 MB in 9 layers",
            "org.opencontainers.image.revision 1f3c2ab [@click=app.quit]x[/]",
            "annotations: none",
            f"application/vnd.example.signature {NEW}",
        ):
            assert known in text
        app.inspector.show_cell(BASE, row(), Cell(State.BASE, THERE), NOON)
        assert "OCI index" not in text_of(app.inspector)


async def test_a_failure_is_a_sentence_without_markup():
    app = Stage(Inspector())
    async with app.run_test():
        app.inspector.show_failure("base.example: cannot read [/foo]\x1b[31m")
        text = text_of(app.inspector)
        assert "! base.example: cannot read [/foo]" in text
        assert "\x1b" not in text


async def test_it_keeps_to_ascii_where_asked():
    app = Stage(Inspector(glyphs=ASCII))
    async with app.run_test():
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE), NOON)
        app.inspector.show_loading()
        assert text_of(app.inspector).isascii()


# -- why, and where it comes from ----------------------------------------------------------------------------------

MOVED = Explained(
    Reason.MOVED,
    (Clue("base's tag moved", NOON - timedelta(hours=2)), Clue("a signature [/x] is missing")),
    Likeness(4, 9, 61_000_000),
)
EXTRAS = Extras(
    Identity("1f3c2ab", "20261120.4", base_name="https://me:secret@base.example/python:3.12"),
    Identity("77aa01e", "20261121.1"),
    (Tag("latest"), Tag("1.14")),
    ("base was seen to move 2 h ago, after prod's promotion 3 d ago",),
)


async def test_each_piece_of_evidence_has_a_line_with_its_age():
    app = Stage(Inspector())
    async with app.run_test(size=(120, 40)):
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE, explanation=MOVED), NOON)
        lines = text_of(app.inspector).splitlines()
        assert lines[1].startswith("prod▲ ≠ moved: ")
        assert lines[2:5] == [
            "  base's tag moved 2 h ago",
            "  a signature [/x] is missing",
            "  4 of 9 layers shared, 61 MB to transfer",
        ]


async def test_what_was_missing_to_decide_is_told_with_what_to_do():
    app = Stage(Inspector())
    async with app.run_test(size=(120, 40)):
        undecided = Undecided(("the base's registry did not answer",))
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE, explanation=undecided), NOON)
        text = text_of(app.inspector)
        assert "same tag, other digest; why is undecided" in text
        assert "  the base's registry did not answer\n  Enter asks on" in text


async def test_origin_aliases_and_history_are_told_and_secrets_are_not():
    app = Stage(Inspector())
    async with app.run_test(size=(120, 40)):
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE, explanation=MOVED), NOON, EXTRAS)
        text = text_of(app.inspector)
        for known in (
            "also latest, 1.14",
            "build      20261120.4",
            "commit     1f3c2ab",
            "base.example/python:3.12",
            "of         20261121.1 77aa01e",
            "  base was seen to move 2 h ago, after prod's promotion 3 d ago",
        ):
            assert known in text
        assert "secret" not in text


async def test_more_that_is_known_of_a_cell_leaves_what_was_read_of_its_image():
    app = Stage(Inspector())
    async with app.run_test():
        app.inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE), NOON)
        app.inspector.show_details(DETAILS)
        app.inspector.update_cell(PROD, row(), Cell(State.DIFFERS, HERE, explanation=MOVED), NOON, EXTRAS)
        text = text_of(app.inspector)
        assert "moved: " in text
        assert "OCI index" in text


async def test_secrets_in_labels_are_masked():
    labels = (("org.example.api-token", "hunter2"), ("org.opencontainers.image.revision", "1f3c2ab"))
    app = Stage(Inspector())
    async with app.run_test():
        app.inspector.show_details(replace(DETAILS, labels=labels))
        text = text_of(app.inspector)
        assert "hunter2" not in text
        assert f"org.example.api-token {MASK}" in text
        assert "commit     1f3c2ab" in text


def test_on_one_line_it_says_all_of_the_evidence():
    said = evidence_text(Cell(State.DIFFERS, HERE, explanation=MOVED), NOON)
    assert said == "base's tag moved 2 h ago; a signature [/x] is missing; 4 of 9 layers shared, 61 MB to transfer"


async def test_who_promoted_and_who_approved_is_told_in_sentences():
    ends = ("test", "prod", "test.example/shop/api:1", "prod.example/shop/api:1")
    note = Note("p1", NOON - timedelta(hours=2), "alice", *ends, "direct")
    given = Approval("[bob]\x1b", "prod", "prod.example/x", NOON - timedelta(hours=3), "CHG1")
    inspector = Inspector()
    async with Stage(inspector).run_test() as pilot:
        inspector.show_cell(PROD, row(), Cell(State.DIFFERS, HERE), NOON)
        inspector.show_details(replace(DETAILS, notes=(note,), approvals=(given,)))
        await pilot.pause()
        told = text_of(inspector)
        assert "promoted 2 h ago from test by alice" in told
        assert "approved 3 h ago for prod by [bob]\ufffd: CHG1" in told
        inspector.show_details(DETAILS)
        assert "promoted and approved" not in text_of(inspector)

"""How values look: every state has a glyph and a word or digits, in any width."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.fakes import NOW
from tui.domain.board import Board, Row
from tui.domain.drift import Cell, State
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import Explained, Reason
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Failure, FailureKind, Loading, Snapshot, TagEntry, Unread
from tui.ui.board_fold import apply
from tui.ui.cell_look import Tone, cell_look, tone_of
from tui.ui.cutting import shorten
from tui.ui.glyphs import ASCII, UNICODE, Glyphs
from tui.ui.presentation import (
    DriftCount,
    add_drift,
    cell_values,
    count_drift,
    path_text,
    read_only_text,
    remembered_at,
    rows_text,
)

ENTRY = TagEntry(Tag("1.0.0"), Digest("sha256", "a1b2c3d4" + "0" * 56), created=NOW - timedelta(hours=2))
UNAUTHORISED = Failure(FailureKind.UNAUTHORISED, "list tags", "no credentials", "401")
CELLS = {
    "base": Cell(State.BASE, ENTRY),
    "base-without": Cell(State.BASE),
    "same": Cell(State.IN_SYNC, ENTRY),
    "neither": Cell(State.IN_SYNC),
    "differs": Cell(State.DIFFERS, ENTRY),
    "missing": Cell(State.MISSING),
    "extra": Cell(State.EXTRA, ENTRY),
    "loading": Cell(State.UNKNOWN, is_loading=True),
    "failed": Cell(State.UNKNOWN, failure=UNAUTHORISED),
    "unresolved": Cell(State.UNKNOWN, failure=Failure(FailureKind.INVALID, "resolve", "no")),
    "unknown": Cell(State.UNKNOWN, ENTRY),
    "unknown-without": Cell(State.UNKNOWN),
}
PATH = PromotionPath((Environment("base", "b.example"), Environment("prod", "p.example", protected=True)))


@pytest.mark.parametrize(
    ("name", "narrow", "wide"),
    [
        ("base", "a1b2c3d4", "a1b2c3d4 2 h"),
        ("base-without", "–", "–"),
        ("same", "= a1b2c3d4", "= same"),
        ("neither", "–", "–"),
        ("differs", "≠ a1b2c3d4", "≠ differs a1b2c3d4"),
        ("missing", "· missing", "· missing"),
        ("extra", "+ a1b2c3d4", "+ extra a1b2c3d4"),
        ("loading", "… loading", "… loading"),
        ("failed", "! 401", "! 401 unauthorised"),
        ("unresolved", "! error", "! error"),
        ("unknown", "? a1b2c3d4", "? unknown a1b2c3d4"),
        ("unknown-without", "? unknown", "? unknown"),
    ],
)
def test_a_cell_says_its_state_in_every_width(name: str, narrow: str, wide: str) -> None:
    assert cell_look(CELLS[name], 10, UNICODE, NOW).text == narrow
    assert cell_look(CELLS[name], 18, UNICODE, NOW).text == wide


@pytest.mark.parametrize("name", CELLS)
def test_plain_letters_are_ascii(name: str) -> None:
    assert cell_look(CELLS[name], 18, ASCII, NOW).text.isascii()


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_no_two_tones_look_alike_without_colour(glyphs: Glyphs) -> None:
    signs = {tone_of(cell): cell_look(cell, 10, glyphs, NOW).text[0] for cell in CELLS.values()}
    signs.pop(Tone.BASE)
    assert len(set(signs.values())) == len(signs)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_the_mark_of_a_locked_tag_is_no_sign_of_a_state(glyphs: Glyphs) -> None:
    assert glyphs.locked not in {cell_look(cell, 10, glyphs, NOW).text[0] for cell in CELLS.values()}


@pytest.mark.parametrize(
    ("width", "locked", "text"),
    [(10, False, "= a1b2c3d4◂"), (10, True, "= a1b2c3…◂⊠"), (18, False, "= same ◂"), (18, True, "= same ◂⊠")],
)
def test_an_image_that_the_filter_asks_for_is_marked(width: int, locked: bool, text: str) -> None:
    cell = Cell(State.IN_SYNC, replace(ENTRY, locked=locked))
    assert ENTRY.digest is not None
    look = cell_look(cell, width, UNICODE, NOW, meant=(ENTRY.digest,))
    assert look.text == text
    assert look.is_meant


@given(st.sampled_from(sorted(CELLS)), st.integers(1, 40), st.booleans())
def test_a_cell_never_leaves_its_column(name: str, width: int, is_remembered: bool) -> None:
    cell = CELLS[name]
    moment = NOW - timedelta(minutes=4) if is_remembered else None
    assert cell_len(cell_look(cell, width, UNICODE, NOW, moment).text) <= width


def test_a_remembered_cell_says_how_old_it_is() -> None:
    cell = Cell(State.IN_SYNC, ENTRY, is_remembered=True)
    look = cell_look(cell, 18, UNICODE, NOW, NOW - timedelta(minutes=4))
    assert look.text == "= same (4 m)"
    assert look.is_stale


def test_the_reason_of_a_difference_is_shown_once_it_is_known() -> None:
    cell = Cell(State.DIFFERS, ENTRY, explanation=Explained(Reason("behind")))
    assert cell_look(cell, 18, UNICODE, NOW).text == "≠ behind a1b2c3d4"


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [10, 11])
def test_every_reason_is_told_from_the_others_in_a_narrow_cell(width: int, glyphs: Glyphs) -> None:
    cells = [Cell(State.DIFFERS, ENTRY, explanation=Explained(reason)) for reason in Reason]
    texts = [cell_look(cell, width, glyphs, NOW).text for cell in cells]
    assert len(set(texts)) == len(Reason)
    for text, reason in zip(texts, Reason, strict=True):
        sign, word = text.split()
        assert sign == glyphs.differs
        assert reason.value.startswith(word.rstrip("."))


@given(st.text(alphabet="ab/-界", min_size=1, max_size=60), st.integers(3, 30))
def test_a_shortened_name_fills_its_room_exactly(name: str, width: int) -> None:
    assert cell_len(shorten(name, width, UNICODE)) == width


def board() -> Board:
    """One repository that differs, lacks and has too much in prod."""
    other = TagEntry(Tag("1.0.0"), Digest("sha256", "f" * 64))
    extra = TagEntry(Tag("hotfix"), Digest("sha256", "e" * 64))
    gone = TagEntry(Tag("2.0.0"), Digest("sha256", "d" * 64))
    name = Repository("shop/api")
    return apply(
        Board(PATH),
        [
            ("base", name, Snapshot("base", name, NOW, {ENTRY.tag: ENTRY, gone.tag: gone})),
            ("prod", name, Snapshot("prod", name, NOW, {other.tag: other, extra.tag: extra})),
        ],
    )


def test_drift_is_counted_for_each_repository_and_for_all() -> None:
    (section,) = board().sections.values()
    count = count_drift(section)
    assert count.text(UNICODE) == "1≠ 1· 1+"
    assert add_drift([count, count, DriftCount(unread=1)]).text(UNICODE) == "2≠ 2· 2+ 1!"
    assert DriftCount().text(UNICODE) == ""


def test_a_repository_that_was_not_read_is_counted_as_such() -> None:
    failed = apply(board(), [("prod", Repository("shop/api"), Unread(UNAUTHORISED))])
    (section,) = failed.sections.values()
    assert count_drift(section).text(UNICODE) == "1!"


def row() -> Row:
    """The row that differs."""
    found = board().find(Repository("shop/api"), Tag("1.0.0"))
    assert found
    return found


def test_copying_gives_whole_values_under_letters_of_their_own() -> None:
    values = cell_values(row(), 1, PATH)
    digest = "sha256:" + "f" * 64
    assert values["reference"] == "p.example/shop/api:1.0.0"
    assert values["digest"] == digest
    assert values["pull command"] == f"docker pull p.example/shop/api@{digest}"
    assert json.loads(values["json"])["state"] == "differs"
    assert len({label[0] for label in values}) == len(values)


def test_without_a_digest_there_is_no_pull_command() -> None:
    gone = board().find(Repository("shop/api"), Tag("2.0.0"))
    assert gone
    assert set(cell_values(gone, 1, PATH)) == {"reference", "json"}


def test_what_may_not_be_written_is_said() -> None:
    fixed = PromotionPath((*PATH.environments, Environment("edge", "e.example", read_only=True)))
    assert read_only_text(PATH, session=False) == ""
    assert read_only_text(fixed, session=False) == "READ-ONLY edge"
    assert read_only_text(fixed, session=True) == "READ-ONLY"


def test_a_protected_environment_carries_its_mark() -> None:
    assert path_text(PATH, UNICODE) == "base → prod▲"
    assert path_text(PATH, ASCII) == "base -> prod^"


@pytest.mark.parametrize(
    ("shown", "total", "marked", "text"),
    [(5, 5, 0, "5 rows"), (41, 1284, 0, "41 of 1,284 rows"), (41, 1284, 3, "41 of 1,284 rows · 3 marked")],
)
def test_rows_are_counted(shown: int, total: int, marked: int, text: str) -> None:
    assert rows_text(shown, total, marked) == text


def test_only_a_remembered_snapshot_has_an_age() -> None:
    live = Snapshot("base", Repository("shop/api"), NOW)
    assert remembered_at(live) is None
    assert remembered_at(Loading()) is None
    assert remembered_at(Snapshot("base", Repository("shop/api"), NOW, is_remembered=True)) == NOW

"""What stands at the head of a row."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.fakes import NOW
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.environment import Environment, PromotionPath
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ui.board_fold import apply
from tui.ui.glyphs import UNICODE
from tui.ui.row_label import aliases_of, also_text, origin_text

PATH = PromotionPath((Environment("base", "b.example"), Environment("prod", "p.example")))
API = Repository("shop/api")
A, B = Digest("sha256", "a" * 64), Digest("sha256", "b" * 64)


def taken(environment: str, **digests: Digest) -> Snapshot:
    """A snapshot with a tag for each of `digests`."""
    return Snapshot(environment, API, NOW, {Tag(tag): TagEntry(Tag(tag), digest) for tag, digest in digests.items()})


BOARD = apply(
    Board(PATH),
    [("base", API, taken("base", x=A, latest=A, y=B)), ("prod", API, taken("prod", x=B, extra=B))],
)


def aliases(tag: str) -> tuple[Tag, ...]:
    row = BOARD.find(API, Tag(tag))
    assert row
    return aliases_of(BOARD, row, AliasFinder())


def test_the_base_speaks_for_a_row_else_the_first_that_has_the_tag() -> None:
    assert aliases("x") == ("latest",)
    assert aliases("extra") == ("x",)
    assert aliases("y") == ()


@pytest.mark.parametrize(
    ("room", "text"),
    [(40, "  also latest, 1.14, 1"), (20, "  also latest, …"), (13, "  also latest"), (12, ""), (0, "")],
)
def test_as_many_aliases_as_have_room(room: int, text: str) -> None:
    found = ("latest",) if room == 13 else ("latest", "1.14", "1")
    assert also_text(found, room) == text


@given(st.lists(st.text("ab1.界", min_size=1, max_size=12), max_size=5), st.integers(0, 40))
def test_aliases_never_leave_their_room(names: list[str], room: int) -> None:
    assert cell_len(also_text(names, room)) <= room


BOTH = Identity(commit="1f3c2ab" + "0" * 33, build="20261120.4")


@pytest.mark.parametrize(
    ("identity", "width", "text"),
    [
        (BOTH, 18, "20261120.4 1f3c2ab"),
        (BOTH, 7, "1f3c2ab"),
        (Identity(build="20261120.4"), 7, "202…0.4"),
        (Identity(build="20261120.4"), 18, "20261120.4"),
        (Identity(build="a build with a long name"), 18, "a build with a lo…"),
        (Identity(), 18, "–"),
        (None, 18, "…"),
    ],
)
def test_an_origin_is_told_in_the_room_there_is(identity: Identity | None, width: int, text: str) -> None:
    known = replace(BOARD, insight=Insight(identities={A: identity} if identity is not None else {}))
    row = known.find(API, Tag("x"))
    assert row
    assert origin_text(known, row, width, UNICODE) == text

"""The matrix on its own: layout, scrolling, the cursor, the mouse."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from tests.fakes import NOW
from tui.domain.board import Board
from tui.domain.environment import Environment, PromotionPath
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ui.board_fold import apply
from tui.ui.row_choice import Choice
from tui.ui.widgets.matrix_layout import Layout, lay_out
from tui.ui.widgets.tag_matrix import HEADER, TagMatrix


@given(st.integers(0, 300), st.integers(1, 12), st.booleans())
def test_a_layout_has_room_for_a_glyph_and_eight_digits(width: int, count: int, has_repository: bool) -> None:
    layout = lay_out(width, range(count), has_repository=has_repository)
    assert layout.cell >= 10
    assert layout.label >= 8
    assert layout.width >= width or layout.cell == 18


@pytest.mark.parametrize("shows_origin", [True, False])
def test_four_environments_fit_80_columns(shows_origin: bool) -> None:
    assert lay_out(79, range(4), has_repository=True, shows_origin=shows_origin).width == 79


def test_the_longest_reason_fits_80_columns() -> None:
    assert lay_out(79, range(4), has_repository=True).cell >= len("≠ flattened")


def test_the_origin_is_as_long_as_there_is_room() -> None:
    origins = [lay_out(width, range(4), has_repository=True, shows_origin=True).origin for width in (79, 160)]
    assert origins == [len(" 1f3c2ab "), len(" 20261120.4 1f3c2ab ")]
    assert lay_out(160, range(4), has_repository=True).origin == 0


def test_the_column_under_the_mouse_is_found_where_it_was_scrolled_to() -> None:
    layout = Layout(40, (0, 1, 2), label=10, cell=10)
    assert layout.column_at(5, 0) is None
    assert layout.column_at(13, 0) == 0
    assert layout.column_at(13, 12) == 1
    assert layout.column_at(200, 0) is None


def path_of(names: Sequence[str]) -> PromotionPath:
    """A path through environments of these names."""
    return PromotionPath(tuple(Environment(name, f"{name}.example") for name in names))


class MatrixApp(App[None]):
    """Nothing but a matrix with `count` rows."""

    CSS = "TagMatrix { overflow-y: scroll; overflow-x: auto; }"

    def __init__(self, count: int, names: Sequence[str] = ("base", "dev", "prod")) -> None:
        super().__init__()
        entries = {
            Tag(f"t{number:05}"): TagEntry(Tag(f"t{number:05}"), Digest("sha256", "a" * 64)) for number in range(count)
        }
        name, path = Repository("shop/api"), path_of(names)
        results = [(each, name, Snapshot(each, name, NOW, entries)) for each in path.names]
        self.board = apply(Board(path), results)

    def compose(self) -> ComposeResult:
        yield TagMatrix(self.board, NOW)

    def on_mount(self) -> None:
        self.matrix.show(self.board, self.board.rows, Choice(), "nothing")
        self.matrix.focus()

    @property
    def matrix(self) -> TagMatrix:
        """The matrix."""
        return self.query_one(TagMatrix)

    def lines(self) -> list[str]:
        """What is drawn."""
        return [self.matrix.render_line(y).text for y in range(self.matrix.size.height)]


async def test_the_header_stays_and_the_last_row_can_be_reached() -> None:
    app = MatrixApp(1000)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("G")
        assert app.matrix.row == 999
        assert "base" in app.lines()[0]
        assert app.lines()[-1].startswith("▸")
        await pilot.press("g")
        assert app.lines()[HEADER].startswith("▸")


async def test_a_page_is_what_is_in_sight() -> None:
    app = MatrixApp(1000)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("pagedown", "pagedown")
        assert app.matrix.row == 2 * (20 - HEADER - 1)
        await pilot.press("pageup")
        assert app.matrix.row == 20 - HEADER - 1


async def test_tags_stay_put_while_environments_scroll_sideways() -> None:
    app = MatrixApp(3, [f"env{number}" for number in range(12)])
    async with app.run_test(size=(80, 20)) as pilot:
        assert "env0" in app.lines()[0]
        await pilot.press(*["right"] * 11)
        assert app.matrix.column == 11
        assert "env11" in app.lines()[0]
        assert "env0" not in app.lines()[0].replace("env01", "")
        assert "shop/api:t00000" in "".join(app.lines())
        await pilot.press(*["left"] * 11)
        assert "env0 " in app.lines()[0]


async def test_the_cursor_stops_at_the_edges() -> None:
    app = MatrixApp(2)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("up", "left")
        assert (app.matrix.row, app.matrix.column) == (0, 0)
        await pilot.press(*["down"] * 5, *["right"] * 5)
        assert (app.matrix.row, app.matrix.column) == (1, 2)


async def test_a_click_moves_the_cursor() -> None:
    app = MatrixApp(5)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.click(TagMatrix, offset=(70, HEADER + 3))
        assert (app.matrix.row, app.matrix.column) == (3, 2)
        await pilot.click(TagMatrix, offset=(70, 0))
        assert app.matrix.row == 3


async def test_without_rows_there_is_a_sentence_and_no_cursor() -> None:
    app = MatrixApp(0)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("down", "G", "pagedown")
        assert app.matrix.current is None
        assert any("nothing" in line for line in app.lines())


@pytest.mark.parametrize("width", [1, 5, 12, 30, 79])
async def test_every_line_is_as_wide_as_the_matrix(width: int) -> None:
    app = MatrixApp(4)
    async with app.run_test(size=(width, 10)):
        expected = app.matrix.scrollable_content_region.width
        assert {app.matrix.render_line(y).cell_length for y in range(10)} == {expected}

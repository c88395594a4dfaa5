"""The lines around the matrix: status, keys, and the list of repositories."""

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from tui.domain.reference import Repository
from tui.ui import keys
from tui.ui.messages import KeyClicked, RepositoryChosen
from tui.ui.presentation import DriftCount
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.repository_list import Entry, RepositoryList
from tui.ui.widgets.status_line import Status, StatusLine

PATH = "base → dev → test → prod▲"


class OneWidget(App[None]):
    """Nothing but one widget, and what it said."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.heard: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_key_clicked(self, message: KeyClicked) -> None:
        self.heard.append(message.key)

    def on_repository_chosen(self, message: RepositoryChosen) -> None:
        self.heard.append(message.repository)

    def text(self) -> str:
        """What is drawn."""
        return "\n".join(strip.text.rstrip() for strip in self.screen._compositor.render_strips())


async def status(width: int, status: Status) -> str:
    """The status line in `width` columns."""
    line = StatusLine()
    app = OneWidget(line)
    async with app.run_test(size=(width, 1)) as pilot:
        line.show(status)
        await pilot.pause()
        return app.text()


async def test_the_status_line_says_path_age_jobs_and_what_may_not_be_written() -> None:
    text = await status(120, Status("windlass", PATH, "READ-ONLY prod", "12 s ago", 2))
    for part in ("windlass", PATH, "READ-ONLY prod", "⟳ 12 s ago", "2 jobs"):
        assert part in text


@pytest.mark.parametrize(("width", "told"), [(60, "⟳ 12 s ago, r reads again"), (34, "⟳ 12 s ago")])
async def test_how_the_board_is_read_again_is_told_where_there_is_room(width: int, told: str) -> None:
    text = await status(width, Status("windlass", PATH, "READ-ONLY", "12 s ago", again="r reads again"))
    assert text.endswith(told)


@pytest.mark.parametrize("is_stale", [False, True])
async def test_what_is_stale_stands_out_without_colour(*, is_stale: bool) -> None:
    line = StatusLine()
    async with OneWidget(line).run_test(size=(80, 1)) as pilot:
        line.show(Status("windlass", PATH, reading="11 m ago", is_stale=is_stale))
        await pilot.pause()
        styles = {str(span.style) for span in line.render().spans}
        assert ("reverse" in styles) is is_stale


@pytest.mark.parametrize("width", [40, 60, 80])
async def test_read_only_and_jobs_are_the_last_to_give_way(width: int) -> None:
    text = await status(width, Status("a title that is long", PATH * 3, "READ-ONLY", "12 s ago", 1))
    assert "READ-ONLY" in text
    assert "1 job" in text
    assert len(text) <= width


async def test_the_key_line_shows_whole_keys_only() -> None:
    app = OneWidget(KeyLine(keys.FOOTER, {}))
    async with app.run_test(size=(40, 1)):
        assert app.text().strip() == "Enter Inspect   p Promote   / Filter"


async def test_a_remapped_key_is_shown_and_a_click_counts_as_pressing_it() -> None:
    line = KeyLine(keys.FOOTER, {"cell.promote": "P"})
    app = OneWidget(line)
    async with app.run_test(size=(80, 1)) as pilot:
        assert "P Promote" in app.text()
        await pilot.click(KeyLine, offset=(app.text().index("P Promote"), 0))
        await pilot.pause()
        assert app.heard == ["P"]


ENTRIES = (
    Entry(None, DriftCount(3, 2, 0, 0)),
    Entry(Repository("shop/api"), DriftCount(3, 0, 0, 0)),
    Entry(Repository("shop/" + "very-" * 10 + "long"), DriftCount(0, 2, 1, 1)),
)


async def test_the_list_names_each_repository_with_its_drift() -> None:
    repositories = RepositoryList()
    app = OneWidget(repositories)
    async with app.run_test(size=(28, 6)) as pilot:
        repositories.show(ENTRIES)
        await pilot.pause()
        first, second, third, *_ = app.text().splitlines()
        assert first.startswith("▸ all")
        assert second.endswith("3≠")
        assert "…" in third
        assert third.endswith("2· 1+ 1!")


async def test_a_repository_that_drifts_otherwise_is_drawn_anew() -> None:
    repositories = RepositoryList()
    app = OneWidget(repositories)
    async with app.run_test(size=(28, 6)) as pilot:
        repositories.show(ENTRIES)
        await pilot.pause()
        repositories.show((ENTRIES[0], Entry(ENTRIES[1].repository, DriftCount(4, 0, 0, 0)), ENTRIES[2]))
        await pilot.pause()
        assert app.text().splitlines()[1].endswith("4≠")


async def test_moving_in_the_list_chooses() -> None:
    repositories = RepositoryList()
    app = OneWidget(repositories)
    async with app.run_test(size=(28, 6)) as pilot:
        repositories.show(ENTRIES)
        repositories.focus()
        await pilot.press("down", "G", "g", "pagedown")
        await pilot.pause()
        assert app.heard == ["shop/api", ENTRIES[2].repository, None, ENTRIES[2].repository]


async def test_a_repository_that_is_gone_gives_the_choice_back_to_all() -> None:
    repositories = RepositoryList()
    app = OneWidget(repositories)
    async with app.run_test(size=(28, 6)) as pilot:
        repositories.show(ENTRIES)
        repositories.choose(1)
        repositories.show(ENTRIES[:1])
        await pilot.pause()
        assert repositories.chosen is None
        assert app.heard == ["shop/api", None]

"""The repository list: all repositories, then each with its drift; the board shows the tags of the chosen one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.domain.reference import Repository
from tui.ui import keys
from tui.ui.cutting import shorten
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.messages import RepositoryChosen
from tui.ui.presentation import DriftCount

_ALL: Final = "all"
_SHORTEST_NAME: Final = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a repository, or None for all of them, and how it drifts."""

    repository: Repository | None
    drift: DriftCount = field(default_factory=DriftCount)


@dataclass(frozen=True, slots=True)
class _Pen:
    """The room for a line, and the styles that lines are drawn in."""

    width: int
    row: Style
    cursor: Style
    drift: Style


class RepositoryList(ScrollView, can_focus=True):
    """Repositories with a cursor; moving it chooses."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.REPOSITORIES))
    COMPONENT_CLASSES: ClassVar[set[str]] = {"repositories--row", "repositories--drift", "repositories--cursor"}

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._entries: Sequence[Entry] = (Entry(None),)
        self._at = 0
        self._pen: _Pen | None = None

    def show(self, entries: Sequence[Entry]) -> None:
        """Shows `entries`; the cursor stays with its repository, or goes back to all where that is gone."""
        if entries == self._entries:
            return
        chosen, before = self.chosen, self._entries
        self._entries = entries
        self._at = next((at for at, entry in enumerate(entries) if entry.repository == chosen), 0)
        self.virtual_size = Size(self.scrollable_content_region.width, len(entries))
        self._refresh_changed(before)
        if self.chosen != chosen:
            self.post_message(RepositoryChosen(self.chosen))

    def _refresh_changed(self, before: Sequence[Entry]) -> None:
        """Draws only lines that say something else: of a board that changes all the time, few do."""
        if [entry.repository for entry in before] != [entry.repository for entry in self._entries]:
            self.refresh()
            return
        top = self.scroll_offset.y
        for at in range(top, min(top + self.size.height, len(before))):
            if before[at] != self._entries[at]:
                self.refresh(Region(0, at - top, self.size.width, 1))

    @property
    def chosen(self) -> Repository | None:
        """The repository at the cursor; None for all."""
        return self._entries[self._at].repository

    def choose(self, at: int) -> None:
        """Moves the cursor to the entry at `at`, or as near as there is one."""
        at = min(max(at, 0), len(self._entries) - 1)
        if at == self._at:
            return
        self._at = at
        height = max(self.scrollable_content_region.height, 1)
        self.scroll_to(y=min(max(self.scroll_offset.y, at - height + 1), at), animate=False, force=True)
        self.refresh()
        self.post_message(RepositoryChosen(self.chosen))

    def action_move(self, step: int) -> None:
        self.choose(self._at + step)

    def action_page(self, step: int) -> None:
        self.choose(self._at + step * max(self.scrollable_content_region.height - 1, 1))

    def action_edge(self, side: int) -> None:
        self.choose(0 if side < 0 else len(self._entries) - 1)

    def action_leave(self) -> None:
        self.screen.focus_next()

    def on_click(self, event: events.Click) -> None:
        self.choose(event.y + self.scroll_offset.y)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._pen = None  # found out once for all lines: for each, it would take longer than drawing
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        self._pen = pen = self._pen or self._new_pen()
        width, at = pen.width, y + self.scroll_offset.y
        if at >= len(self._entries):
            return Strip.blank(width, pen.row)
        entry, is_current = self._entries[at], at == self._at
        style, sign = (pen.row + pen.cursor, self._glyphs.cursor) if is_current else (pen.row, " ")
        drift = self._drift(entry, width)
        name = shorten(entry.repository or _ALL, max(width - cell_len(drift) - 4, 1), self._glyphs)
        segments = [Segment(f"{sign} {name} ", style), Segment(f"{drift} ", style + pen.drift)]
        return Strip(segments).adjust_cell_length(width, style)

    def _new_pen(self) -> "_Pen":
        return _Pen(
            self.scrollable_content_region.width,
            self.get_component_rich_style("repositories--row"),
            self.get_component_rich_style("repositories--cursor", partial=True),
            self.get_component_rich_style("repositories--drift", partial=True),
        )

    def _drift(self, entry: Entry, width: int) -> str:
        """The counts, as far as a readable name leaves them room."""
        parts = entry.drift.text(self._glyphs).split(" ")
        while parts and len(" ".join(parts)) > width - _SHORTEST_NAME - 4:
            parts.pop()
        return set_cell_size(" ".join(parts), len(" ".join(parts)))

"""The log: every line of every promotion in order, and what is running drawn in place below it.

Whatever arrives is gathered and painted at most ten times a second; only the newest lines are kept.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.domain.environment import PromotionPath
from tui.domain.events import Recorded
from tui.domain.progress import Progress
from tui.domain.text import clean
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.live_lines import live_lines
from tui.ui.log_lines import LogLine, Scribe, Tone
from tui.ui.plainly import plainly

HISTORY: Final = 10_000
"""Lines that are kept."""

REPAINT_SECONDS: Final = 0.1
_LIVE_SHARE: Final = 2
"""Many promotions that run may take one line in so many of the pane: what ended, and how, stays in sight."""

_SAID: Final[dict[str, tuple[str, Tone]]] = {
    "info": ("note", Tone.PLAIN),
    "warning": ("WARNING", Tone.WARNING),
    "error": ("✗ ERROR", Tone.BAD),
    "command": ("$", Tone.COMMAND),
}

_LOUD: Final = frozenset({Tone.WARNING, Tone.BAD})

Row = tuple[LogLine, int, str]
"""A line of the screen: the line it belongs to, which piece of it, and the piece."""


def _now() -> datetime:
    return datetime.now(UTC)


class LogPane(ScrollView, can_focus=True):
    """Lines of promotions and of the application. With a `path`, registries are called by their environment."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log--{tone.value}" for tone in Tone} | {"log--head"}
    DEFAULT_CSS = """
    LogPane {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .log--head { color: $text-muted; }
        & > .log--plain { color: $text; }
        & > .log--live { color: $text-accent; }
        & > .log--command { color: $text-secondary; }
        & > .log--good { color: $text-success; text-style: bold; }
        & > .log--warning { color: $text-warning; text-style: bold; }
        & > .log--bad { color: $text-error; text-style: bold reverse; }
    }
    """

    def __init__(
        self,
        path: PromotionPath | None = None,
        *,
        clock: Callable[[], datetime] = _now,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._path = path
        self._scribe = Scribe(path)
        self._now = clock
        self._glyphs = glyphs
        self._lines: deque[LogLine] = deque(maxlen=HISTORY)
        self._pending: deque[LogLine] = deque(maxlen=HISTORY)
        self._rows: list[Row] = []
        self._live: list[Row] = []
        self._jobs: dict[str, Progress] = {}
        self._is_due = False

    @property
    def jobs(self) -> tuple[Progress, ...]:
        """The promotions that are running, oldest first."""
        return tuple(self._jobs.values())

    @property
    def is_pending(self) -> bool:
        """True while something that was told is not drawn yet."""
        return self._is_due

    @property
    def text(self) -> str:
        """Everything that is kept and running, as it stands on the pane, whole."""
        rows = [*self._rows, *self._live]
        return "\n".join((line.head if not piece else "") + text for line, piece, text in rows)

    def record(self, record: Recorded) -> None:
        """Takes in what happened in a promotion; it is drawn with the next repaint."""
        before = self._jobs.get(record.promotion)
        after = before.advance(record) if before else Progress.begin(record)
        if after.is_over:
            self._jobs.pop(record.promotion, None)
        else:
            self._jobs[record.promotion] = after
        self._add(self._scribe.lines(record, before, after))

    def note(self, record: Recorded) -> None:
        """Takes in what happened to a tag outside of promotions; it is drawn likewise, but is no job."""
        self._add(self._scribe.lines(record, None, Progress.begin(record)))

    def say(self, text: str, kind: str = "info") -> None:
        """Adds a line that belongs to no promotion: `info`, `warning`, `error`, or a `command` to paste elsewhere."""
        label, tone = _SAID.get(kind, _SAID["info"])
        self._add((LogLine(self._now(), label, clean(text), tone),))

    def _add(self, lines: Iterable[LogLine]) -> None:
        self._pending.extend(lines)
        if not self._is_due and self.is_attached:
            self._is_due = True
            self.set_timer(REPAINT_SECONDS, self._repaint)

    def on_mount(self) -> None:
        """Draws what came before there was a screen."""
        self._repaint()

    def on_resize(self, event: events.Resize) -> None:
        """Wraps everything anew where the width changed."""
        del event
        if self.virtual_size.width != self._width:
            self._rows = [row for line in self._lines for row in self._wrap(line)]
            self._repaint()

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _repaint(self) -> None:
        self._is_due = False
        if not self._width:  # hidden, or not laid out yet: wrapped when it gets a width
            return
        is_following = self.is_vertical_scroll_end
        dropped = self._take_in()
        live = live_lines(self.jobs, self._path, self._width, self.size.height // _LIVE_SHARE)
        self._live = [(line, 0, self._plain(line.text)) for line in live]
        self.virtual_size = Size(self._width, len(self._rows) + len(self._live))
        if is_following:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        elif dropped:
            self.scroll_to(y=max(0, self.scroll_offset.y - dropped), animate=False)
        self.refresh()

    def _take_in(self) -> int:
        """Moves what is pending to the rows; the number of rows that had to go for it."""
        surplus = max(0, len(self._lines) + len(self._pending) - HISTORY)
        gone = sum(len(self._wrap(self._lines.popleft())) for _ in range(min(surplus, len(self._lines))))
        del self._rows[:gone]
        self._lines.extend(self._pending)
        self._rows.extend(row for line in self._pending for row in self._wrap(line))
        self._pending.clear()
        return gone

    def _wrap(self, line: LogLine) -> list[Row]:
        return [(line, piece, self._plain(text)) for piece, text in enumerate(line.wrap(max(self._width, 1)))]

    def _plain(self, text: str) -> str:
        return plainly(text, self._glyphs)

    def render_line(self, y: int) -> Strip:
        """One row of the pane."""
        top = self.scroll_offset.y + y
        row = self._row(top)
        if row is None:
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._marked(self._strip(row), top)
        return strip.crop_extend(0, self.size.width, self.rich_style).apply_offsets(0, top)

    def _row(self, index: int) -> Row | None:
        if index < len(self._rows):
            return self._rows[index]
        index -= len(self._rows)
        return self._live[index] if index < len(self._live) else None

    def _strip(self, row: Row) -> Strip:
        line, piece, text = row
        style = self._style(line.tone.value)
        is_loud = line.tone in _LOUD
        head = (
            [] if piece else [Segment(self._plain(line.head), style if is_loud and line.label else self._style("head"))]
        )
        return Strip([*head, Segment(text, style)])

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"log--{part}")

    def _marked(self, strip: Strip, y: int) -> Strip:
        """`strip` with what the mouse selected in it shown as selected."""
        span = self.text_selection.get_span(y) if self.text_selection else None
        if span is None:
            return strip
        start, end = span[0], strip.cell_length if span[1] == -1 else span[1]
        style = self.screen.get_component_rich_style("screen--selection")
        chosen = Strip(Segment.apply_style(strip.crop(start, end), post_style=style))
        return Strip.join((strip.crop(0, start), chosen, strip.crop(end)))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse selection, whole."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draws the new selection."""
        del selection
        self.refresh()

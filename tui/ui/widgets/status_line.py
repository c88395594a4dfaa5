"""The status line: where the board stands, what may not be written, how old it is, what is under way."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from tui.ui.glyphs import UNICODE, Glyphs


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says. `path` is the whole promotion path, `read_only` what may not be written, if anything."""

    title: str
    path: str
    read_only: str = ""
    reading: str = ""
    jobs: int = 0


class StatusLine(Widget):
    """One line; what is least needed gives way first."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._status = Status("", "")

    def show(self, status: Status) -> None:
        """Shows `status`."""
        if status != self._status:
            self._status = status
            self.refresh()

    def render(self) -> Text:
        status, width = self._status, self.content_size.width
        right = self._right(status)
        left = Text(f" {status.title}  ", style="bold", no_wrap=True)
        room = width - cell_len(right.plain) - 2
        if cell_len(left.plain + status.path) <= room:
            left.append(status.path, style="not bold")
        elif cell_len(status.path) + 1 <= room:
            left = Text(f" {status.path}", no_wrap=True)
        gap = max(width - cell_len(left.plain) - cell_len(right.plain), 1)
        return Text.assemble(left, " " * gap, right, no_wrap=True, overflow="crop")

    def _right(self, status: Status) -> Text:
        jobs = f"{status.jobs} {'job' if status.jobs == 1 else 'jobs'}" if status.jobs else ""
        reading = f"{self._glyphs.refresh} {status.reading}" if status.reading else ""
        right = Text(no_wrap=True)
        for text, style in ((status.read_only, "bold reverse"), (reading, ""), (jobs, "bold")):
            if text:
                right.append(f" {text} " if style == "bold reverse" else text, style=style)
                right.append("  " if text is not jobs else " ")
        return right

"""The status line: where the board stands, what may not be written, how old it is, what is under way."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from tui.ui.glyphs import UNICODE, Glyphs


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says. `path` is the whole promotion path, `read_only` what may not be written, if anything.

    `following` says that new tags are promoted by themselves; empty where they are not. `again` says how to read the
    board again, `is_stale` that it is about time.
    """

    title: str
    path: str
    read_only: str = ""
    reading: str = ""
    jobs: int = 0
    following: str = ""
    again: str = ""
    is_stale: bool = False


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
        width = self.content_size.width
        right = next((text for text in self._rights() if cell_len(text.plain) < width), Text())
        left = self._left(width - cell_len(right.plain) - 1)
        gap = max(width - cell_len(left.plain) - cell_len(right.plain), 0)
        return Text.assemble(left, " " * gap, right, no_wrap=True, overflow="crop")

    def _left(self, room: int) -> Text:
        """Title and path, or what of them has room; the path tells more."""
        title, path = (f" {self._status.title}  ", "bold"), self._status.path
        forms = (Text.assemble(title, path), Text(f" {path}"), Text.assemble(title))
        return next((form for form in forms if cell_len(form.plain) <= room), Text())

    def _rights(self) -> Iterator[Text]:
        """What may stand at the right, the fullest first: how old the board is gives way before the rest."""
        status = self._status
        jobs = f"{status.jobs} {'job' if status.jobs == 1 else 'jobs'}" if status.jobs else ""
        short, full = self._reading(""), self._reading(status.again)
        read_only = (f" {status.read_only} ", "bold reverse") if status.read_only else ("", "")
        following = (f" {status.following} ", "bold reverse") if status.following else ("", "")
        always = (read_only, following)
        counted = (jobs, "bold")
        forms = ((*always, full, counted), (*always, short, counted), (*always, counted), always, (following,))
        for parts in forms:
            yield Text("  ").join(Text(*part) for part in parts if part[0]).append(" ")

    def _reading(self, again: str) -> tuple[str, str]:
        """How old the board is, with what is to be done; what is stale stands out without colour."""
        status = self._status
        told = f"{self._glyphs.refresh} {status.reading}{f', {again}' if again else ''}" if status.reading else ""
        return (f" {told} ", "reverse") if told and status.is_stale else (told, "")

"""The job strip: one line that says what is transferring, on every screen; gone when nothing is."""

from typing import Final

from textual.content import Content
from textual.widget import Widget

from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.progress import Progress
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.live_lines import by_step, fit, total_parts
from tui.ui.naming import cut_middle, name
from tui.ui.plainly import plainly

_BETWEEN: Final = " │ "
_NARROWEST: Final = 24
"""Cells that a name and its figures need to be understood."""


class JobStrip(Widget):
    """One line for all running promotions. With a `path`, registries are called by their environment."""

    DEFAULT_CSS = """
    JobStrip {
        height: 1;
        padding: 0 1;
        background: $primary-muted;
        color: $text;
        text-style: bold;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(
        self,
        path: PromotionPath | None = None,
        *,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._path = path
        self._glyphs = glyphs
        self._jobs: tuple[Progress, ...] = ()
        self.display = False

    def show(self, jobs: tuple[Progress, ...]) -> None:
        """Shows those of `jobs` that run, or hides where there are none."""
        self._jobs = tuple(job for job in jobs if not job.is_over)
        self.display = bool(self._jobs)
        self.refresh()

    def render(self) -> Content:
        """The line: how many, then each as far as there is room."""
        return Content(plainly(line(self._jobs, self._path, self.content_size.width), self._glyphs))


def line(jobs: tuple[Progress, ...], path: PromotionPath | None, width: int) -> str:
    """`2 jobs  prod/shop/api:1.14.2  71 %  212/298 MB  ETA 9 s │ …` in `width` cells.

    Where there is no room for each: `20 jobs: 17 push, 3 verify  oldest: prod/shop/api:1.14.2  Azure: Running, 32 s`.
    """
    head = amounts.count(len(jobs), "job")
    share = (width - len(head) - 2) // max(len(jobs), 1) - len(_BETWEEN)
    if share >= _NARROWEST or len(jobs) < 2:
        return f"{head}  {_BETWEEN.join(_part(job, path, max(share, _NARROWEST)) for job in jobs)}"
    head = f"{head}: {by_step(jobs)}  oldest: "
    return head + _part(jobs[0], path, max(width - len(head), _NARROWEST))


def _part(job: Progress, path: PromotionPath | None, width: int) -> str:
    figures = fit(total_parts(job), width // 2)
    return f"{cut_middle(name(job.target, path), width - len(figures) - 2)}  {figures}"

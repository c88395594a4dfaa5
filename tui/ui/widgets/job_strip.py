"""The job strip: one line that says what is transferring, on every screen; gone when nothing is."""

from textual.content import Content
from textual.widget import Widget

from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.progress import Progress
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.log_lines import fit, total_parts
from tui.ui.naming import cut_middle, name
from tui.ui.plainly import plainly


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
    """`2 jobs  prod/shop/api:1.14.2  71 %  212/298 MB  ETA 9 s │ …` in `width` cells."""
    head = amounts.count(len(jobs), "job")
    room = max(width - len(head) - 2, 0)
    texts: list[str] = []
    for job in jobs:
        share = max(room // len(jobs) - 3, 24)
        figures = fit(total_parts(job), share // 2)
        texts.append(f"{cut_middle(name(job.target, path), share - len(figures) - 2)}  {figures}")
    return f"{head}  {' │ '.join(texts)}"

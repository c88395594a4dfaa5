"""The job strip: one line that says what is transferring, on every screen; gone when nothing is."""

from textual.widget import Widget

from tui.domain.progress import Progress


class JobStrip(Widget):
    """One line for all running promotions."""

    def show(self, jobs: tuple[Progress, ...]) -> None:
        """Shows `jobs`, or hides where there are none."""
        raise NotImplementedError

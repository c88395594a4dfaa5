"""What registry clients say while they work, told on stderr, so that waiting is never silent."""

from tui.cli.output import Console
from tui.domain.notices import Notice, RequestAnswered, RetryScheduled, WarningReceived
from tui.usecases.workbench import Workbench


def tell_notices(bench: Workbench, console: Console) -> None:
    """From now on tells `console` what matters."""

    def observe(notice: Notice) -> None:
        line = notice_line(notice)
        if line:
            console.say(line)

    bench.notices.subscribe(observe)


def notice_line(notice: Notice) -> str:
    """The line for `notice`; empty for those that are only of interest on the board."""
    match notice:
        case RetryScheduled(registry, operation, cause, delay):
            return f"{registry}: {operation}: {cause}; trying again in {delay:.0f} s"
        case WarningReceived(registry, text):
            return f"{registry} warns: {text}"
        case RequestAnswered():
            return ""

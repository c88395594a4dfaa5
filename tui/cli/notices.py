"""What registry clients say while they work, told on stderr, so that waiting is never silent."""

from tui.cli.output import Console
from tui.domain.notices import Notice, RequestAnswered, RetryScheduled, SignInEnded, SignInRequested, WarningReceived
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
        case SignInRequested(address, code, seconds):
            return f"sign in: open {address} and enter {code} (good for {seconds / 60:.0f} min)"
        case SignInEnded(failure):
            return f"sign-in failed: {failure}" if failure else "signed in"
        case RequestAnswered():
            return ""

"""What registry clients say while they work, told on stderr, so that waiting is never silent."""

from tui.cli.output import Console
from tui.domain.notices import Notice, RequestAnswered, RetryScheduled, SignInEnded, SignInRequested, WarningReceived
from tui.usecases.workbench import Workbench


def tell_notices(bench: Workbench, console: Console) -> None:
    """From now on tells `console` what matters."""

    def observe(notice: Notice) -> None:
        for line in notice_lines(notice):
            console.say(line)

    bench.notices.subscribe(observe)


def notice_lines(notice: Notice) -> tuple[str, ...]:
    """The lines for `notice`; none for those that are only of interest on the board.

    A code that somebody has to type stands on a line of its own, among whatever else is told, in a log as well.
    """
    match notice:
        case RetryScheduled(registry, operation, cause, delay):
            return (f"{registry}: {operation}: {cause}; trying again in {delay:.0f} s",)
        case WarningReceived(registry, text):
            return (f"{registry} warns: {text}",)
        case SignInRequested(address, code, seconds):
            good = f"within {seconds / 60:.0f} min"
            return "", f"SIGN IN: open {address} and enter this code {good}:", "", f"    {code}", ""
        case SignInEnded(failure):
            return (f"sign-in failed: {failure}" if failure else "signed in",)
        case RequestAnswered():
            return ()

"""The entry point: argv in, exit code out."""

import sys
from collections.abc import Sequence
from typing import assert_never

from tui.cli.arguments import parse
from tui.cli.commands import (
    ApproveCommand,
    BoardCommand,
    Command,
    CompareCommand,
    DemoCommand,
    DoctorCommand,
    FollowCommand,
    HistoryCommand,
    InitCommand,
    LockCommand,
    PromoteCommand,
    ReportCommand,
    ResumeCommand,
    StatusCommand,
    UndoCommand,
    WhereCommand,
)
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console, standard_console


def run() -> None:
    """The `windlass` command."""
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Does what `argv` asks for and gives the exit code. Raises SystemExit from argparse."""
    command = parse(argv)
    console = standard_console(ascii_only=command.common.ascii_only)
    try:
        return _dispatch(command, console)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _dispatch(command: Command, console: Console) -> int:
    from tui.ports.errors import WindlassError
    from tui.settings.errors import SettingsError

    try:
        return _run(command, console)
    except (UsageError, SettingsError) as error:
        console.say(f"windlass: {error}")
        return Exit.USAGE
    except WindlassError as error:
        console.say(f"windlass: {error}")
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001 - the program's edge: a fault of ours becomes a sentence and exit 1
        console.say(f"windlass: a fault in windlass itself ({type(error).__name__}); please report what you did")
        return Exit.FAILED


def _run(command: Command, console: Console) -> int:
    match command:
        case StatusCommand() | CompareCommand() | WhereCommand() | HistoryCommand() | ReportCommand():
            return _look(command, console)
        case PromoteCommand() | ApproveCommand() | UndoCommand() | ResumeCommand() | FollowCommand() | LockCommand():
            return _write(command, console)
        case DemoCommand():
            from tui.cli.demo import run_demo

            return run_demo(command, console)
        case DoctorCommand():
            from tui.cli.doctor import run_doctor

            return run_doctor(command, console)
        case InitCommand():
            from tui.cli.init import run_init

            return run_init(command, console)
        case BoardCommand():
            from tui.cli.board import run_board_here

            return run_board_here(command, console)
        case _:
            assert_never(command)


def _look(
    command: StatusCommand | CompareCommand | WhereCommand | HistoryCommand | ReportCommand, console: Console
) -> int:
    """What only reads."""
    match command:
        case StatusCommand():
            from tui.cli.status import run_status

            return run_status(command, console)
        case CompareCommand():
            from tui.cli.compare import run_compare

            return run_compare(command, console)
        case WhereCommand():
            from tui.cli.where import run_where

            return run_where(command, console)
        case HistoryCommand():
            from tui.cli.history import run_history

            return run_history(command, console)
        case ReportCommand():
            from tui.cli.report import run_report

            return run_report(command, console)
        case _:
            assert_never(command)


def _write(
    command: PromoteCommand | ApproveCommand | UndoCommand | ResumeCommand | FollowCommand | LockCommand,
    console: Console,
) -> int:
    """What writes to registries."""
    match command:
        case PromoteCommand() | UndoCommand() | ResumeCommand():
            return _promote(command, console)
        case ApproveCommand():
            from tui.cli.approve import run_approve

            return run_approve(command, console)
        case FollowCommand():
            from tui.cli.follow import run_follow

            return run_follow(command, console)
        case LockCommand():
            from tui.cli.lock import run_lock

            return run_lock(command, console)
        case _:
            assert_never(command)


def _promote(command: PromoteCommand | UndoCommand | ResumeCommand, console: Console) -> int:
    """What plans, asks and then writes tags."""
    match command:
        case PromoteCommand():
            from tui.cli.promote import run_promote

            return run_promote(command, console)
        case UndoCommand():
            from tui.cli.undo import run_undo

            return run_undo(command, console)
        case ResumeCommand():
            from tui.cli.resume import run_resume

            return run_resume(command, console)
        case _:
            assert_never(command)

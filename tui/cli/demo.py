"""`windlass demo`: the board on embedded registries; or, with `--serve`, only the registries."""

from tui.cli.commands_starting import DemoCommand
from tui.cli.output import Console
from tui.cli.terminal import require_terminal


def run_demo(command: DemoCommand, console: Console) -> int:
    """Shows or serves the sample world. Raises UsageError."""
    if command.serve_in is not None:
        from pathlib import Path

        from tui.cli.demo_serving import serve

        return serve(Path(command.serve_in), command.seed, console)
    require_terminal(console)
    from tui.wiring.board import entering_anew

    common = command.common
    with entering_anew(ascii_only=common.ascii_only) as entrance:
        import asyncio

        from tui.wiring.board import run_demo as show

        board = show(command.seed, entrance, read_only=common.read_only, ascii_only=common.ascii_only)
        return asyncio.run(board)

"""Copying: with the machine's own tool where that is the operator's machine, else through the terminal.

Over SSH a tool would fill the clipboard of the far machine. The terminal's way (OSC 52) is never acknowledged, so
what is said of it promises nothing.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from textual.app import App

THROUGH_TERMINAL: Final = "through the terminal (OSC 52), if it allows"
_TIMEOUT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that takes the text on its standard input; `needs` is the variable without which it cannot work."""

    command: tuple[str, ...]
    needs: str = ""
    encoding: str = "utf-8"


TOOLS: Final = (
    Tool(("wl-copy",), "WAYLAND_DISPLAY"),
    Tool(("xclip", "-selection", "clipboard"), "DISPLAY"),
    Tool(("xsel", "--clipboard", "--input"), "DISPLAY"),
    Tool(("pbcopy",)),
    # With a byte order mark, or Windows takes the text for its old code page.
    Tool(("clip.exe",), encoding="utf-16"),
)


def copy(app: App[Any], text: str) -> str:
    """Copies `text`; says which way was used: `with xclip`, or through the terminal, which does not answer."""
    for tool in usable(os.environ):
        if _run(tool, text):
            return f"with {tool.command[0]}"
    app.copy_to_clipboard(text)
    return THROUGH_TERMINAL


def usable(environment: Mapping[str, str]) -> tuple[Tool, ...]:
    """The tools worth trying under `environment`: none over SSH."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return ()
    return tuple(tool for tool in TOOLS if not tool.needs or environment.get(tool.needs))


def _run(tool: Tool, text: str) -> bool:
    program = shutil.which(tool.command[0])
    if program is None:
        return False
    try:
        # The tools stay behind to serve the clipboard: with a pipe for their output, this would wait for them.
        done = subprocess.run(  # noqa: S603  a fixed command, no shell
            [program, *tool.command[1:]],
            input=text.encode(tool.encoding),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0

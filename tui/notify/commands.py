"""Running a command for a promotion: without a shell, with the promotion in its environment, bounded in time."""

import asyncio
import os
import re
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tui.domain.notification import Notification
from tui.domain.text import clean
from tui.ports.errors import HookError

_TOLD: Final = 200
_KEPT: Final = 4096
"""Bytes of the end of the output that are kept, to find its last line in."""
_NAMES: Final = re.compile(r"\$(?:\{(WINDLASS_[A-Z]+)\}|(WINDLASS_[A-Z]+))")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long a command may run, in seconds; `grace` is what it has to end once it is asked to, and its output to
    arrive once it has ended."""

    whole: float = 60
    grace: float = 2


def variables_of(notification: Notification) -> dict[str, str]:
    """What a command is told, by the names of its environment variables."""
    target = notification.target
    told = {
        "WINDLASS_PROMOTION": notification.promotion,
        "WINDLASS_ENVIRONMENT": notification.environment,
        "WINDLASS_REPOSITORY": str(target.repository),
        "WINDLASS_TAG": target.tag or "",
        "WINDLASS_DIGEST": str(notification.digest),
        "WINDLASS_IMAGE": str(target),
        "WINDLASS_PINNED": f"{target.registry}/{target.repository}@{notification.digest}",
        "WINDLASS_SOURCE": str(notification.source),
        "WINDLASS_PREVIOUS": str(notification.replaced or ""),
        "WINDLASS_BY": clean(notification.by, _TOLD),
    }
    return told | {"WINDLASS_TEST": "1"} if notification.is_test else told


def fill_in(words: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """`words` with `$WINDLASS_IMAGE` or `${WINDLASS_IMAGE}` replaced; nothing else is interpreted.

    WINDLASS_BY is left alone: the others are made of names that were checked, and that is a registry's own word.
    """
    known = {name: value for name, value in variables.items() if name != "WINDLASS_BY"}
    return [_NAMES.sub(lambda found: known.get(found[1] or found[2], found[0]), word) for word in words]


async def run_command(words: Sequence[str], notification: Notification, env: Mapping[str, str], may: Allowance) -> str:
    """The last line that the command wrote. Raises HookError where it cannot be run, fails or takes too long."""
    variables = variables_of(notification)
    reading, writing = os.pipe()
    try:
        process = await _start(fill_in(words, variables), {**env, **variables}, writing)
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    output = await _Output.of(reading)
    try:
        async with asyncio.timeout(may.whole):
            code = await process.wait()
        line = await output.last_line(may.grace)
    except TimeoutError:
        raise HookError(f"it did not end within {may.whole:g} s, and was stopped") from None
    finally:
        output.close()
        await _stop(process, may.grace)
    if code:
        ended = f"it was ended by signal {-code}" if code < 0 else f"it ended with {code}"
        raise HookError(f"{ended}: {line}" if line else ended)
    return line or "done"


async def _start(words: Sequence[str], env: Mapping[str, str], writing: int) -> asyncio.subprocess.Process:
    """The process, in a group of its own and without the terminal."""
    try:
        return await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=writing, stderr=writing, env=env, start_new_session=True
        )
    except FileNotFoundError:
        raise HookError("there is no such program") from None
    except OSError as error:
        raise HookError(f"it cannot be run: {error.strerror or type(error).__name__}") from None
    except ValueError:
        raise HookError("it cannot be run: a null character is in its words") from None


async def _stop(process: asyncio.subprocess.Process, grace: float) -> None:
    """Ends the process with everything it has started, unless it has ended; first it is asked to."""
    if process.returncode is not None:
        return
    try:
        _signal(process, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await process.wait()
    finally:
        _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    """Signals the group: the process is its leader, so that its id is the group's while anybody is in it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


class _Output:
    """What a process writes; the end of it is kept.

    By a pipe of our own: with one of asyncio's, the end of the process is not seen while another holds its output.
    """

    def __init__(self, reader: asyncio.StreamReader, transport: asyncio.ReadTransport) -> None:
        self._transport = transport
        self._kept = b""
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def of(cls, reading: int) -> "_Output":
        """Reads from the pipe's end `reading`, and owns it."""
        reader = asyncio.StreamReader()
        pipe = os.fdopen(reading, "rb", 0)
        connect = asyncio.get_running_loop().connect_read_pipe
        transport, _ = await connect(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        return cls(reader, transport)

    async def last_line(self, grace: float) -> str:
        """The last line with anything on it, once all is written; of one that stays behind, what there is by then."""
        await asyncio.wait({self._reading}, timeout=grace)
        lines = self._kept.decode("utf-8", "replace").splitlines()
        told = (clean(line.strip(), _TOLD) for line in reversed(lines))
        return next((line for line in told if line), "")

    def close(self) -> None:
        """Reads no more."""
        self._reading.cancel()
        self._transport.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(_KEPT):
            self._kept = (self._kept + chunk)[-_KEPT:]

"""Lines to hosts that are far away."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager

from tests.benchmarks.measuring import ROOT


@contextmanager
def far_away(hosts: Sequence[str], one_way: float) -> Generator[list[str], None, None]:
    """The hosts at which `hosts` answer `one_way` seconds away; a process for each. See proxy."""
    with ExitStack() as stack:
        yield [stack.enter_context(_line(host, one_way)) for host in hosts]


@contextmanager
def _line(host: str, one_way: float) -> Generator[str, None, None]:
    command = [sys.executable, "-m", "tests.benchmarks.proxy", host, str(one_way)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@asynccontextmanager
async def delaying_proxy(host: str, one_way: float) -> AsyncGenerator[str, None]:
    """The host at which `host` answers `one_way` seconds away."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(stack.enter_context, _line(host, one_way))

"""Commands: what they are told, and that none outstays its time."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.notify.receivers import NOTIFICATION, ONE, TEST
from tui.domain.hooks import HookCommand
from tui.domain.notification import Notification
from tui.notify.commands import Allowance, fill_in, variables_of
from tui.notify.notifier import HookNotifier
from tui.ports.errors import HookError

USUAL = Allowance()


async def run(*words: str, may: Allowance = USUAL, notification: Notification = NOTIFICATION) -> str:
    notifier = HookNotifier(dict(os.environ), "windlass/1", allowance=may)
    return await notifier.tell(HookCommand(words), notification)


async def python(script: str, *words: str, may: Allowance = USUAL, test: bool = False) -> str:
    return await run(sys.executable, "-c", script, *words, may=may, notification=TEST if test else NOTIFICATION)


def gone(process: int) -> bool:
    """True where there is no such process any more, or only its shell of one."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def until_gone(process: int) -> None:
    async with asyncio.timeout(10):
        while not gone(process):
            await asyncio.sleep(0.01)


async def test_told_by_its_environment() -> None:
    script = "import os; print(*(f'{k}={v}' for k, v in sorted(os.environ.items()) if k.startswith('WINDLASS_')))"
    told = variables_of(NOTIFICATION)
    assert told["WINDLASS_IMAGE"] == "prod.azurecr.io/apps/shop/api:1.2.0"
    assert told["WINDLASS_PINNED"] == f"prod.azurecr.io/apps/shop/api@{ONE}"
    assert told["WINDLASS_BY"] == "ann@contoso.com"
    assert await python(script) == " ".join(f"{name}={told[name]}" for name in sorted(told))[:199] + "…"


async def test_has_the_environment_of_windlass_too() -> None:
    assert await python("import os, sys; print(os.environ['PATH'] == sys.argv[1])", os.environ["PATH"]) == "True"


async def test_test_is_told_as_one() -> None:
    script = "import os; print(os.environ.get('WINDLASS_TEST'))"
    assert await python(script) == "None"
    assert await python(script, test=True) == "1"


def test_only_its_own_names_are_filled_in() -> None:
    words = [
        "a=$WINDLASS_TAG",
        "${WINDLASS_TAG}s",
        "$WINDLASS_TAGS",
        "$HOME $(id) `id`",
        "$WINDLASS_BY",
    ]
    filled = ["a=1.2.0", "1.2.0s", "$WINDLASS_TAGS", "$HOME $(id) `id`", "$WINDLASS_BY"]
    assert fill_in(words, variables_of(NOTIFICATION)) == filled


async def test_no_shell_reads_its_words() -> None:
    assert await python("import sys; print(sys.argv[1:])", "$(id); `id` | x > y") == "['$(id); `id` | x > y']"


async def test_last_line_is_the_answer() -> None:
    assert await python("print('one\\n two \\x1b[31m \\n\\n')") == "two �[31m"
    assert await python("pass") == "done"


async def test_endless_output_is_let_pass() -> None:
    assert await python("print('x' * 5_000_000); print('end')") == "end"


async def test_failure_is_told_with_its_last_line() -> None:
    with pytest.raises(HookError, match=r"^it ended with 3: no such deployment$"):
        await python("import sys; print('no such deployment', file=sys.stderr); sys.exit(3)")


async def test_killed_by_a_signal() -> None:
    with pytest.raises(HookError, match=r"^it was ended by signal 9$"):
        await python("import os; os.kill(os.getpid(), 9)")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("/nowhere/at-all", "there is no such program"),
        ("/", "it cannot be run: Permission denied"),
        ("a\0b", "a null character"),
    ],
)
async def test_no_program(word: str, told: str) -> None:
    with pytest.raises(HookError, match=told):
        await run(word)


async def test_asks_nobody() -> None:
    assert await python("import sys; print(repr(sys.stdin.read()))") == "''"
    with pytest.raises(HookError, match="No such device"):
        await python("open('/dev/tty')")


async def test_stopped_when_its_time_is_over(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(told)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)\n"
    )
    with pytest.raises(HookError, match="did not end within 2 s"):
        await python(script, may=Allowance(whole=2, grace=0.1))
    for process in told.read_text().split():
        await until_gone(int(process))


async def test_what_it_leaves_behind_is_not_waited_for() -> None:
    child = "import time; time.sleep(600)"
    script = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid, flush=True)"
    left = int(await python(script, may=Allowance(whole=20, grace=0.2)))
    assert not gone(left)
    os.kill(left, signal.SIGKILL)


async def test_cancelled_with_everything_it_started(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid()) + ' '); time.sleep(600)"
    task = asyncio.create_task(python(script, may=Allowance(grace=1)))
    async with asyncio.timeout(20):
        while not (told.exists() and told.read_text().endswith(" ")):
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_gone(int(told.read_text()))

"""Hooks that could not be told: the last line counts them, of one promotion and of many, and the exit code is 0."""

from dataclasses import replace
from pathlib import Path

from tests.cli.fakes import Recorder, make_recorder
from tests.cli.harbour import API, opener
from tests.lab import laboratory, picture
from tui.cli.commands import Common
from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit
from tui.cli.promote import promote
from tui.domain.environment import Environment
from tui.domain.hooks import Hook, Webhook
from tui.domain.notification import Notification
from tui.domain.reference import Tag
from tui.ports.errors import HookError

HOOKS = (Webhook("https://one.example"), Webhook("https://two.example"))
PATH = (Environment("base", "base"), Environment("test", "test", notify=HOOKS))


class Nobody:
    """Can tell no hook anything."""

    async def tell(self, hook: Hook, notification: Notification) -> str:
        raise HookError(f"{hook.title} cannot be told: no route to host")


async def run(tmp_path: Path, *tags: str) -> tuple[Exit, Recorder]:
    """Promotes `tags` to test, which has two hooks."""
    recorder = make_recorder()
    async with laboratory(tmp_path, PATH) as lab:
        lab.bench.tools = replace(lab.tools, notifier=Nobody())
        for number, tag in enumerate(tags):
            lab.push("base", API, tag, picture(number))
        command = PromoteCommand(Common(), tuple((API, Tag(tag)) for tag in tags), "test", is_confirmed=True)
        return await promote(command, recorder.console, opener(lab)), recorder


async def test_the_last_line_of_one_promotion_counts_them(tmp_path: Path) -> None:
    code, printed = await run(tmp_path, "1.0")
    assert code == Exit.DONE
    assert printed.err.splitlines()[-1] == "done in 0.0 s; 2 hooks NOT told, see above"


async def test_the_closing_line_of_a_set_counts_them_all(tmp_path: Path) -> None:
    code, printed = await run(tmp_path, "1.0", "2.0", "3.0")
    assert code == Exit.DONE
    assert printed.err.splitlines()[-1] == "3 promotions to test: 3 done; 6 hooks NOT told, see above"

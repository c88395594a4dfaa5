"""The workbench: tools made once, on first use; notices for everyone; no memory is no obstacle."""

import asyncio
from pathlib import Path

from tests.lab import laboratory, picture
from tui.domain.notices import Notice, RequestAnswered
from tui.domain.scope import Scope
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench


async def test_tools_are_made_once_and_only_when_needed(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        made: list[Tools] = []

        async def make() -> Tools:
            await asyncio.sleep(0)
            made.append(lab.tools)
            return lab.tools

        bench = Workbench(lab.bench.path, Scope(), make, Notices())
        assert not made
        lab.push("base", "shop/api", "1.0.0", picture(1))
        await asyncio.gather(bench.recall(), bench.recall())
    assert len(made) == 1


async def test_without_a_memory_the_first_screen_is_empty(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.journal_file.mkdir()
        assert await lab.bench.recall() == ()


def test_every_observer_hears_every_notice() -> None:
    heard: list[Notice] = []
    notices = Notices()
    notices.subscribe(heard.append)
    notices.subscribe(heard.append)
    notices(RequestAnswered("r.example", 0.1))
    assert len(heard) == 2

"""The workbench on embedded registries for commands that put back, take away or go on."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.lab import NOW, Lab, laboratory, picture
from tui.cli.opening import Opener
from tui.cli.output import Console
from tui.domain.events import PromotionStarted, PromotionSucceeded, Recorded
from tui.domain.reference import Repository, Tag, parse_repository_tag
from tui.journal.sqlite import SqliteJournal
from tui.usecases.workbench import Workbench

IMAGE = "shop/api:1.0.0"
API, TAG = Repository("shop/api"), Tag("1.0.0")
OLD, NEW = picture(1), picture(2)


def opener(lab: Lab) -> Opener:
    """Opens the workbench of `lab`, which stays open."""

    @asynccontextmanager
    async def opened() -> AsyncGenerator[Workbench, None]:
        yield lab.bench

    return opened


@asynccontextmanager
async def promoted(tmp_path: Path, to: str = "dev", *, over: bool = True) -> AsyncGenerator[Lab, None]:
    """NEW was promoted to `to`, over OLD or where nothing was."""
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, TAG, NEW)
        if over:
            lab.push(to, API, TAG, OLD)
        assert isinstance((await lab.promote(await lab.bench.plan(lab.request(IMAGE, to))))[-1], PromotionSucceeded)
        yield lab


async def cut_short(lab: Lab, promotion: str, image: str = IMAGE, target: str = "dev") -> None:
    """A process began to promote NEW to `target`, and is gone."""
    source, to = lab.environment("base"), lab.environment(target)
    repository, tag = parse_repository_tag(image)
    journal = SqliteJournal(lab.journal_file, {"base": f"{source.registry}/", target: f"{to.registry}/"})
    at = (source.reference(repository, tag, NEW.digest), to.reference(repository, tag))
    await journal.record(Recorded(promotion, NOW, *at, PromotionStarted("direct", None, 1)))
    await journal.close()


def answer(text: str) -> Callable[[Console, str], Awaitable[str]]:
    """Somebody who answers `text`."""

    async def ask(console: Console, question: str) -> str:
        console.ask(question)
        return text

    return ask

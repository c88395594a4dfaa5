"""The summary of the board on a screen, and the reports that it writes."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.fakes import NOW, FakeJournal
from tests.ui.world import NAMES, World, board, log_text, make_world, matrix, opened, screen_text, settled, until
from tui.domain.history import History, Sighting
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.ports.errors import Forbidden, Unreachable
from tui.ui.report_file import NotWritten, write_new
from tui.ui.screens.summary import SummaryScreen
from tui.ui.widgets.sheet import Sheet

sizes = pytest.mark.parametrize("size", [(80, 24), (160, 50)])
API = Repository("shop/api")
SEEN = History(
    tuple(
        Sighting(name, API, Tag(tag), Digest("sha256", "a" * 64), NOW - timedelta(days=days))
        for name in NAMES
        for tag, days in (("1.14.2", 12), ("1.14.1", 30), ("1.13.0", 60), ("hotfix", 12))
    )
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Reports go to the current directory: here to one of their own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@asynccontextmanager
async def shown(
    world: World | None = None, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncGenerator[Pilot[Any]]:
    """The summary, counted, opened with its key."""
    world = world or make_world()
    world.journal.past = SEEN
    async with world.app(**options).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, SummaryScreen) and pilot.app.screen.is_current)
        await counted(pilot)
        yield pilot


async def counted(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: sheet(pilot).count > 0 or "not counted" in screen_text(pilot))
    await pilot.pause()


def sheet(pilot: Pilot[Any]) -> Sheet:
    return pilot.app.screen.query_one(Sheet)


async def written(pilot: Pilot[Any], folder: Path, suffix: str) -> Path:
    """The one report with `suffix`, once the screen says that it is there."""
    await until(pilot, lambda: "wrote" in screen_text(pilot) and screen_text(pilot).count(suffix) > 0)
    (file,) = folder.glob(f"*{suffix}")
    return file


@sizes
async def test_every_environment_says_how_it_stands(size: tuple[int, int]) -> None:
    async with shown(size=size) as pilot:
        told = screen_text(pilot)
        assert "3 of 5 tags drift" in told
        assert "= dev is in sync" in told
        assert "≠ test is at least 12 days behind" in told
        assert "≠ prod▲ is at least 12 days behind" in told
        await pilot.press("end")
        await pilot.pause()
        assert "≠ shop/api: 3 of 4 tags drift" in screen_text(pilot)
        assert "2 tags without known drift are not listed." in screen_text(pilot)


async def test_who_was_not_read_claims_nothing() -> None:
    world = make_world()
    world.registries["test"].error = Unreachable("list tags of x", "test.example", "refused [bold]x[/] \x1b[31m")
    async with shown(world) as pilot:
        told = screen_text(pilot)
        assert "! not everything was read" in told
        assert "refused [bold]x[/] \ufffd[31m" in told
        assert "! test could not be read: nothing is said of it" in told
        assert "\x1b" not in told


async def test_a_catalog_that_could_not_be_listed_is_a_gap() -> None:
    world = make_world()

    async def refuse() -> AsyncGenerator[tuple[Repository, ...]]:
        raise Forbidden("list repositories", "base.example", "403")
        yield ()

    world.registries["base"].repositories = refuse
    async with shown(world) as pilot:
        assert "base: cannot list repositories: 403" in screen_text(pilot)


async def test_escape_closes_and_enter_does_nothing() -> None:
    async with shown() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SummaryScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is board(pilot)


async def test_it_is_counted_again_when_asked() -> None:
    world = make_world()
    async with shown(world) as pilot:
        for name in NAMES:
            world.registries[name].put("shop/new", "1", "new")
        assert pilot.app.screen_stack[0] is board(pilot)
        board(pilot).action_refresh_all()
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "3 of 6 tags drift" in screen_text(pilot))


async def test_images_that_the_board_never_looked_at_are_dated() -> None:
    world = make_world()
    for name, days in (("base", 5), ("dev", 5), ("test", 5), ("prod", 12)):
        made = (NOW - timedelta(days=days)).isoformat()
        labels = {"org.opencontainers.image.created": made}
        world.registries[name].put("tools/cli", "3.0", made, labels=labels)
    async with shown(world, size=(160, 50)) as pilot:
        assert "furthest behind: 3.0 in prod▲, 7 days behind" in screen_text(pilot)


async def test_it_says_of_how_many_images_nobody_knows_the_age() -> None:
    async with shown() as pilot:
        assert "Of 3 images nobody knows when they were made." in screen_text(pilot)


async def test_its_words_for_time_are_told_at_the_end() -> None:
    async with shown(size=(160, 50)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert "Behind: how much older an image is than the base's" in screen_text(pilot)


async def test_what_is_half_read_says_so_and_is_counted_again_by_itself() -> None:
    world = make_world()
    world.journal.past = SEEN
    world.registries["prod"].gate.clear()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: len(matrix(pilot).rows) > 0)
        await pilot.press("S")
        await until(pilot, lambda: "still being read: " in screen_text(pilot))
        assert "prod▲ is still being read: nothing is said of it" in screen_text(pilot)
        world.registries["prod"].gate.set()
        await until(pilot, lambda: "prod▲ is at least 12 days behind" in screen_text(pilot))
        assert "still being read" not in screen_text(pilot)


async def test_plain_letters_where_only_they_may_be_shown() -> None:
    async with shown(ascii_only=True) as pilot:
        assert screen_text(pilot).isascii()
        assert "D prod^ is at least 12 days behind" in screen_text(pilot)


async def test_a_count_that_fails_says_why_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("[b]no\x1b")

    with monkeypatch.context() as patched:
        patched.setattr(FakeJournal, "last_changes", fail)
        async with shown() as pilot:
            assert "not counted: RuntimeError: [b]no\ufffd; r counts again" in screen_text(pilot)
            await pilot.press("m")
            await until(pilot, lambda: "nothing to write yet" in screen_text(pilot))
            patched.undo()
            await pilot.press("r")
            await until(pilot, lambda: "3 of 5 tags drift" in screen_text(pilot))


# -- reports -----------------------------------------------------------------------------------------------------


@sizes
async def test_m_writes_markdown_and_says_where(size: tuple[int, int], folder: Path) -> None:
    async with shown(size=size) as pilot:
        await pilot.press("m")
        file = await written(pilot, folder, ".md")
        assert re.fullmatch(r"windlass-report-\d{8}-\d{6}\.md", file.name)
        assert file.read_text().startswith("# Drift report: base → dev → test → prod▲\n")
        assert "| `hotfix` | prod▲ | + extra |" in file.read_text()
        await until(pilot, lambda: f"wrote{file}" in re.sub(r"\s", "", log_text(pilot)))


async def test_h_writes_a_page(folder: Path) -> None:
    async with shown() as pilot:
        await pilot.press("h")
        file = await written(pilot, folder, ".html")
        assert re.fullmatch(r"windlass-report-\d{8}-\d{6}\.html", file.name)
        assert file.read_text().endswith("</html>\n")


async def test_a_report_that_cannot_be_written_is_a_sentence(folder: Path) -> None:
    async with shown() as pilot:
        folder.rmdir()
        await pilot.press("m")
        await until(pilot, lambda: "no report was written: " in screen_text(pilot))
        assert "the current directory is gone" in screen_text(pilot)


async def test_what_others_wrote_is_only_text_in_a_report(folder: Path) -> None:
    world = make_world()
    tag = Tag("<script>x</script>|`[bold]\x1b")
    world.registries["prod"].list_only("shop/api", TagEntry(tag, Digest("sha256", "c" * 64)))
    async with shown(world) as pilot:
        await pilot.press("m", "h")
        await until(pilot, lambda: len(list(folder.iterdir())) == 2 and "wrote" in screen_text(pilot))
        await until(pilot, lambda: all(file.read_text().endswith("\n") for file in folder.iterdir()))
        for file in folder.iterdir():
            assert "<script>" not in re.sub(r"\\<", "", file.read_text())
            assert "\x1b" not in file.read_text()


def test_a_file_that_is_there_is_never_touched(folder: Path) -> None:
    first = write_new(folder, NOW, ".md", "one")
    second = write_new(folder, NOW, ".md", "two")
    assert (first.name, second.name) == ("windlass-report-20261124-120000.md", "windlass-report-20261124-120000-2.md")
    assert (first.read_text(), second.read_text()) == ("one", "two")


def test_there_is_an_end_to_names(folder: Path) -> None:
    for _ in range(100):
        write_new(folder, NOW, ".md", "x")
    with pytest.raises(NotWritten, match="has 100 files of this second already"):
        write_new(folder, NOW, ".md", "x")


def test_half_a_report_is_taken_away_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui.ui.report_file.os.fsync", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        write_new(folder, NOW, ".md", "x")
    assert list(folder.iterdir()) == []

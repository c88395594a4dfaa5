"""The history of a tag on a screen: what happened, when, in full, and nothing that could be run by accident."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.fakes import NOW, FakeJournal
from tests.ui.world import World, board, log_text, make_world, screen_text, settled, until
from tui.domain.history import History, Landing, Sighting
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import JournalError
from tui.ui.clipboard import THROUGH_TERMINAL
from tui.ui.screens.history import HistoryScreen
from tui.ui.widgets.sheet import ChoiceSheet

sizes = pytest.mark.parametrize("size", [(80, 24), (160, 50)])
API, TAG = Repository("shop/api"), Tag("1.14.2")
A, B = (Digest("sha256", digits * 8) for digits in ("a1b2c3d4", "9f8e7d6c"))


def seen(digest: Digest | None, environment: str = "prod", tag: str = TAG, **before: float) -> Sighting:
    return Sighting(environment, API, Tag(tag), digest, NOW - timedelta(**before))


def landed(digest: Digest, promotion: str = "3fa2c9d1e0b4", **before: float) -> Landing:
    return Landing("prod", API, TAG, digest, NOW - timedelta(**before), promotion, "base.example/shop/api:1.14.2")


PAST = History(
    (
        seen(A, "base", days=9),
        seen(A, days=9),
        seen(B, days=3),
        seen(None, hours=2),
        seen(B, tag="hotfix", minutes=5),
    ),
    (landed(B, days=3),),
)


@pytest.fixture(autouse=True)
def over_ssh(monkeypatch):
    """Copies go through the terminal, whatever this machine has."""
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")


@asynccontextmanager
async def shown(
    past: History = PAST, size: tuple[int, int] = (80, 24), world: World | None = None, **options: Any
) -> AsyncGenerator[Pilot[Any]]:
    """The history of shop/api:1.14.2, read."""
    world = world or make_world()
    world.journal.past = past
    app = world.app(**options)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert app.deck is not None
        screen = HistoryScreen(app.deck, API, TAG)
        await app.push_screen(screen)
        await until(pilot, lambda: "reading the journal" not in screen_text(pilot) and screen.is_current)
        await pilot.pause()
        yield pilot


def sheet(pilot: Pilot[Any]) -> ChoiceSheet:
    return pilot.app.screen.query_one(ChoiceSheet)


def rows(pilot: Pilot[Any]) -> list[str]:
    """What the sheet shows, without the times of day."""
    widget = sheet(pilot)
    texts = (widget.render_line(y).text for y in range(min(widget.count, widget.page)))
    return [" ".join(text.split()[2:]) for text in texts]


@sizes
async def test_each_change_says_how_long_ago_where_and_what(size):
    async with shown(size=size) as pilot:
        assert rows(pilot)[0] == "2 h prod▲ seen gone (had 9f8e7d6c)"
        assert rows(pilot)[1].startswith("3 d prod▲ promoted 9f8e7d6c from base, was a1b2c3d4")
        assert rows(pilot)[2:] == ["9 d base first seen with a1b2c3d4", "9 d prod▲ first seen with a1b2c3d4"]


@sizes
async def test_the_chosen_line_is_told_whole(size):
    async with shown(size=size) as pilot:
        await pilot.press("j")
        await pilot.pause()
        told = screen_text(pilot)
        assert f"now {B}" in told
        assert f"was {A}" in told
        assert "promoted 9f8e7d6c from base, was a1b2c3d4 (promotion 3fa2c9d1e0b4)" in told


async def test_times_do_not_claim_to_be_those_of_the_changes():
    async with shown() as pilot:
        assert "seen is when a survey looked, not when it changed" in screen_text(pilot)


async def test_the_whole_repository_and_back():
    async with shown() as pilot:
        await pilot.press("a")
        await until(pilot, lambda: "shop/api, all tags: 5 changes" in screen_text(pilot))
        assert rows(pilot)[0] == "5 m prod▲ hotfix first seen with 9f8e7d6c"
        await pilot.press("a", "a")
        await until(pilot, lambda: "shop/api:1.14.2: 4 changes" in screen_text(pilot))


async def test_the_log_says_the_same_for_a_shell():
    async with shown() as pilot:
        await pilot.press("a")
        await until(pilot, lambda: log_text(pilot).rstrip().endswith("windlass history shop/api"))
        assert "windlass history shop/api:1.14.2" in log_text(pilot)


@pytest.mark.parametrize(("keys", "copied"), [("y", B), ("jjy", A), ("Gy", A)])
async def test_the_digest_of_the_chosen_line_is_copied_whole(keys, copied):
    async with shown() as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: "copied" in screen_text(pilot))
        assert pilot.app.clipboard == str(copied)
        assert f"copied the digest {THROUGH_TERMINAL}" in screen_text(pilot)


@sizes
async def test_nothing_known_is_said_kindly(size):
    async with shown(History(), size) as pilot:
        assert "Nothing is known of shop/api:1.14.2 yet." in screen_text(pilot)
        await pilot.press("j", "k", "G", "pagedown", "y")
        await until(pilot, lambda: "there is no digest to copy" in screen_text(pilot))


async def test_enter_does_nothing_and_escape_closes():
    async with shown() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HistoryScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is board(pilot)


class Failing(Exception):
    """Nobody foresaw it."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (JournalError("the journal [/foo] is locked"), "not read: the journal [/foo] is locked; r reads again"),
        (Failing("\x1b]52;c;aGk=\x07"), "not read: Failing: \ufffd]52;c;aGk=\ufffd"),
    ],
)
async def test_a_journal_that_cannot_be_read_says_why_and_can_be_read_again(error, told, monkeypatch):
    world = make_world()

    async def fail(*_: Any) -> History:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(type(world.journal), "history", fail)
        async with shown(world=world) as pilot:
            assert told in screen_text(pilot)
            patched.undo()
            await pilot.press("r")
            await until(pilot, lambda: "4 changes" in screen_text(pilot))
            assert "not read" not in screen_text(pilot)


async def test_what_others_wrote_is_only_text():
    hostile = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07"
    past = History((), (landed(A, promotion=hostile, days=1),))
    async with shown(past, (160, 50)) as pilot:
        assert "(promotion [@click=app.quit]x[/] \ufffd]52;c;aGk=\ufffd)" in rows(pilot)[0]
        assert "\x1b" not in screen_text(pilot)


async def test_plain_letters_where_only_they_may_be_shown():
    async with shown(ascii_only=True) as pilot:
        assert screen_text(pilot).isascii()
        assert rows(pilot)[0].startswith("2 h prod^ seen gone")


async def test_ten_thousand_changes_have_both_ends_and_a_page_for_a_screenful():
    many = tuple(seen(A if at % 2 else B, days=99, minutes=-at) for at in range(10_000))
    async with shown(History(many)) as pilot:
        assert sheet(pilot).count == 10_000
        await pilot.press("end")
        await pilot.pause()
        assert sheet(pilot).at == 9_999
        assert "first seen with 9f8e7d6c" in rows_in_sight(pilot)[-1]
        await pilot.press("pageup", "up")
        assert sheet(pilot).at == 9_999 - (sheet(pilot).page - 1) - 1
        await pilot.press("home")
        assert sheet(pilot).at == 0


def rows_in_sight(pilot: Pilot[Any]) -> list[str]:
    widget = sheet(pilot)
    return [widget.render_line(y).text.rstrip() for y in range(widget.page)]


async def test_a_click_chooses_a_line():
    async with shown() as pilot:
        await pilot.click(ChoiceSheet, offset=(5, 2))
        await pilot.pause()
        assert sheet(pilot).at == 2


async def test_only_the_last_reading_counts():
    world, gate = make_world(), asyncio.Event()

    class Slow(FakeJournal):
        """Tells of a whole repository only when it is let."""

        async def history(self, environments: Any, repository: Any = None, tag: Any = None) -> History:
            if tag is None:
                await gate.wait()
            return await super().history(environments, repository, tag)

    async with shown(world=world) as pilot:
        tools = world.workbench.tools
        assert not callable(tools)
        world.workbench.tools = replace(tools, journal=Slow(past=PAST))
        await pilot.press("a")
        await until(pilot, lambda: "all tags: reading the journal" in screen_text(pilot))
        await pilot.press("a", "a")
        await until(pilot, lambda: "shop/api:1.14.2: 4 changes" in screen_text(pilot))
        gate.set()
        await pilot.pause()
        await pilot.pause()
        assert "shop/api:1.14.2: 4 changes" in screen_text(pilot)


async def test_the_chosen_line_stays_in_sight_when_the_terminal_gets_smaller():
    many = tuple(seen(A if at % 2 else B, days=99, minutes=-at) for at in range(60))
    async with shown(History(many), (160, 50)) as pilot:
        await pilot.press(*"j" * 30)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: sheet(pilot).page < 20)
        await pilot.pause()
        widget = sheet(pilot)
        assert widget.scroll_offset.y <= widget.at < widget.scroll_offset.y + widget.page

"""Two images side by side on a screen: what differs, readable without colour, inert, and for a shell as well."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.world import NAMES, World, board, log_text, make_world, screen_text, settled, until
from tui.domain import media
from tui.domain.comparison import Comparison, ImageSide, Moment
from tui.domain.comparison_text import Line, LineKind
from tui.domain.content import Descriptor
from tui.domain.identity import Identity
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import NotFound, Unreachable
from tui.ui import comparison_view
from tui.ui.clipboard import THROUGH_TERMINAL
from tui.ui.screens import compare
from tui.ui.screens.compare import CompareScreen
from tui.ui.widgets.sheet import Sheet
from tui.usecases.comparing import Spot
from tui.usecases.workbench import Workbench

sizes = pytest.mark.parametrize("size", [(80, 24), (160, 50)])
API, TAG = Repository("shop/api"), Tag("1.14.2")
A = Digest("sha256", "a1b2c3d4" * 8)
HOSTILE = "[@click=app.quit]x[/] [/foo] \x1b]52;c;aGk=\x07"
LONG = " ".join(f"-Dproperty.{number}=value" for number in range(12))


def told(comparison: Comparison, now: datetime) -> Sequence[Line]:
    """Few lines of every kind."""
    del now
    return (
        Line(LineKind.TITLE, f"{comparison.left.name} to {comparison.right.name}"),
        Line(LineKind.SAME, f"layer {A}", 1),
        Line(LineKind.ADDED, "layer of 14 MB", 1),
        Line(LineKind.REMOVED, f"label {HOSTILE}", 2),
        Line(LineKind.CHANGED, f"env JAVA_OPTS {LONG}", 2),
        Line(LineKind.CHANGED, "user: root → app", 2),
        Line(LineKind.UNREAD, "arm64 was not read", 1),
        Line(LineKind.NOTE, "4 of 9 layers shared"),
    )


def side_of(spot: Spot) -> ImageSide:
    reference = spot.environment.reference(spot.repository, spot.tag)
    root = Descriptor(media.OCI_MANIFEST, A, 1)
    return ImageSide(spot.environment.name, reference, root, 1, Identity(), (), (), ())


@dataclass(slots=True)
class Reader:
    """Reads what it is asked; fails with `error`. What has `waits` on the right waits while `gate` is not set."""

    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    error: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waits: set[str] = field(default_factory=lambda: set(NAMES))

    async def compare(self, left: Spot, right: Spot) -> Comparison:
        self.asked.append((left.environment.name, right.environment.name))
        if right.environment.name in self.waits:
            await self.gate.wait()
        if self.error:
            raise self.error
        return Comparison(side_of(left), side_of(right), Moment(None, None), (), (), ())


@pytest.fixture
def reader(monkeypatch):
    """What reads images, in the place of registries; it answers at once."""
    found = Reader()
    found.gate.set()

    async def asked(workbench: Workbench, left: Spot, right: Spot) -> Comparison:
        del workbench
        return await found.compare(left, right)

    monkeypatch.setattr(Workbench, "compare", asked)
    monkeypatch.setattr(compare, "comparison_lines", told)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    return found


def spot(world: World, name: str, tag: str = TAG, repository: str = API) -> Spot:
    environment = world.path.find(name)
    assert environment is not None
    return Spot(environment, Repository(repository), Tag(tag))


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (80, 24), right: str = "prod", right_tag: str = TAG, **options: Any
) -> AsyncGenerator[Pilot[Any]]:
    """The comparison of base and `right`, begun."""
    world = make_world()
    app = world.app(**options)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert app.deck is not None
        await app.push_screen(CompareScreen(app.deck, spot(world, "base"), spot(world, right, right_tag)))
        await pilot.pause()
        yield pilot


async def shown(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: text in screen_text(pilot))


def rows(pilot: Pilot[Any]) -> list[str]:
    """The lines of the sheet from the first in sight to the last of all."""
    widget = pilot.app.screen.query_one(Sheet)
    return [widget.render_line(y).text.rstrip() for y in range(widget.count - widget.scroll_offset.y)]


@sizes
async def test_every_line_has_a_sign_and_its_place(reader, size):
    async with opened(size) as pilot:
        await shown(pilot, "base to prod")
        first = rows(pilot)
        assert first[0] == "# base to prod"
        assert first[1].startswith("=   layer")
        assert "+   layer of 14 MB" in first
        assert "?   arm64 was not read" in first
        assert "  4 of 9 layers shared" in first


@sizes
async def test_both_references_stand_above_with_the_signs_of_their_sides(reader, size):
    reader.gate.clear()
    async with opened(size) as pilot:
        await shown(pilot, "- base   base.example/shop/api:1.14.2")
        assert "+ prod▲  prod.example/shop/api:1.14.2" in screen_text(pilot)


@pytest.mark.parametrize(("size", "is_above"), [((80, 24), False), ((80, 30), True)])
async def test_on_a_low_terminal_the_comparison_takes_their_place(reader, size, is_above):
    async with opened(size) as pilot:
        await shown(pilot, "base to prod")
        await until(pilot, lambda: ("- base   base.example" in screen_text(pilot)) is is_above)


@sizes
async def test_a_long_line_goes_on_below_whole(reader, size):
    async with opened(size) as pilot:
        await shown(pilot, "base to prod")
        widget = pilot.app.screen.query_one(Sheet)
        told_whole = " ".join(widget.render_line(y).text.strip() for y in range(widget.count))
        assert f"~     env JAVA_OPTS {LONG} " in told_whole


async def test_what_registries_say_is_only_text(reader):
    async with opened((160, 50)) as pilot:
        await shown(pilot, "base to prod")
        assert "-     label [@click=app.quit]x[/] [/foo] \ufffd]52;c;aGk=\ufffd" in rows(pilot)
        assert "\x1b" not in screen_text(pilot)


async def test_plain_letters_where_only_they_may_be_shown(reader):
    async with opened((80, 30), ascii_only=True) as pilot:
        await shown(pilot, "base to prod")
        assert screen_text(pilot).replace("\ufffd", "").isascii()
        assert "+ prod^  prod.example" in screen_text(pilot)
        assert "user: root -> app" in screen_text(pilot)


async def test_while_it_reads_it_says_so_and_can_be_left(reader):
    reader.gate.clear()
    async with opened() as pilot:
        assert "reading base and prod▲…" in screen_text(pilot)
        await pilot.press("y")
        await shown(pilot, "nothing to copy yet")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is board(pilot))
        reader.gate.set()
        await pilot.pause()
        assert pilot.app.screen is board(pilot)


@pytest.mark.parametrize(("keys", "sides"), [("t", "base to dev"), ("tt", "base to test"), ("ttt", "base to prod")])
async def test_the_right_side_goes_round_without_the_left_one(reader, keys, sides):
    async with opened() as pilot:
        await shown(pilot, "base to prod")
        for key in keys:
            await pilot.press(key)
        await shown(pilot, sides)
        assert reader.asked[-1] == tuple(sides.split(" to "))


async def test_the_left_side_goes_round_without_the_right_one(reader):
    async with opened(right="dev") as pilot:
        await shown(pilot, "base to dev")
        await pilot.press("T")
        await shown(pilot, "test to dev")
        await pilot.press("T", "T")
        await shown(pilot, "base to dev")


async def test_another_tag_of_the_same_environment_can_be_compared(reader):
    async with opened(right="prod", right_tag="1.14.1") as pilot:
        await shown(pilot, "base to prod")
        await pilot.press("t")
        await shown(pilot, "base to base")
        await until(pilot, lambda: "windlass compare shop/api:1.14.2 base base --with 1.14.1" in log_text(pilot))


async def test_the_sides_are_swapped_without_reading_again(reader):
    async with opened((80, 30)) as pilot:
        await shown(pilot, "base to prod")
        await pilot.press("s")
        await shown(pilot, "prod to base")
        assert "- prod▲  prod.example/shop/api:1.14.2" in screen_text(pilot)
        assert reader.asked == [("base", "prod")]


async def test_swapped_before_anything_was_read_it_reads_the_other_way(reader):
    reader.gate.clear()
    async with opened() as pilot:
        await pilot.press("s")
        reader.gate.set()
        await shown(pilot, "prod to base")


async def test_only_the_last_reading_counts(reader):
    reader.gate.clear()
    reader.waits = {"prod"}
    async with opened() as pilot:
        await pilot.press("t")
        await shown(pilot, "base to dev")
        reader.gate.set()
        await pilot.pause()
        await pilot.pause()
        assert "base to dev" in screen_text(pilot)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            NotFound("read shop/api:1.14.2", "prod.example", "no such tag"),
            "nothing to compare: prod.example: cannot read shop/api:1.14.2: no such tag; t and T take another",
        ),
        (
            NotFound("read shop/api:1.14.2", "prod.example", HOSTILE),
            "nothing to compare: prod.example: cannot read shop/api:1.14.2: [@click=app.quit]x[/] [/foo] \ufffd",
        ),
        (
            Unreachable("read shop/api:1.14.2", "prod.example", "no answer"),
            "not compared: prod.example: cannot read shop/api:1.14.2: no answer; r reads again",
        ),
        (RuntimeError("[/foo]"), "not compared: RuntimeError: [/foo]"),
    ],
)
async def test_what_went_wrong_is_a_sentence_and_can_be_tried_again(reader, error, sentence):
    reader.error = error
    async with opened((160, 50)) as pilot:
        await shown(pilot, sentence)
        reader.error = None
        await pilot.press("r")
        await shown(pilot, "base to prod")
        assert sentence not in screen_text(pilot)


@sizes
async def test_all_of_it_is_copied_as_text(reader, size):
    async with opened(size) as pilot:
        await shown(pilot, "base to prod")
        await pilot.press("y")
        await shown(pilot, f"copied the comparison, 8 lines, {THROUGH_TERMINAL}")
        copied = pilot.app.clipboard.splitlines()
        assert copied[0] == "# base to prod"
        assert copied[4] == f"~     env JAVA_OPTS {LONG}"


async def test_the_log_says_the_same_for_a_shell(reader):
    async with opened() as pilot:
        await shown(pilot, "base to prod")
        await until(pilot, lambda: "windlass compare shop/api:1.14.2 base prod" in log_text(pilot))


async def test_ten_thousand_lines_scroll_from_end_to_end(reader, monkeypatch):
    many = tuple(Line(LineKind.SAME, f"layer {number}") for number in range(10_000))
    monkeypatch.setattr(compare, "comparison_lines", lambda *_: many)
    async with opened() as pilot:
        await shown(pilot, "= layer 0")
        await pilot.press("end")
        await shown(pilot, "= layer 9999")
        await pilot.press("pageup", "k")
        await pilot.pause()
        assert "= layer 9999" not in rows(pilot)[: pilot.app.screen.query_one(Sheet).page]
        await pilot.press("home", "j")
        await pilot.pause()
        assert rows(pilot)[0] == "= layer 1"


async def test_a_click_on_a_key_counts_as_the_key(reader):
    async with opened() as pilot:
        await shown(pilot, "base to prod")
        await pilot.click("KeyLine", offset=(2, 0))
        await until(pilot, lambda: pilot.app.screen is board(pilot))


@pytest.mark.parametrize("name", NAMES)
def test_an_only_environment_has_no_other(name):
    world = make_world()
    only = spot(world, name)
    assert comparison_view.next_environment((only.environment,), only, only) is None


def test_two_repositories_cannot_be_compared_by_one_command():
    world = make_world()
    assert comparison_view.command(spot(world, "base"), spot(world, "prod", repository="shop/web")) == ""

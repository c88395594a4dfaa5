"""Makes these pictures again, from the running program on its sample world: `python screenshots/make.py`."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from textual.pilot import Pilot

from tui.domain.explanation import CellKey, Explanation
from tui.ui.app import WindlassApp
from tui.ui.screens.confirm import ConfirmScreen
from tui.ui.screens.plan import PlanScreen
from tui.ui.widgets.log_pane import LogPane
from tui.wiring.demo import open_demo

FOLDER = Path(__file__).parent
SIZES = ((160, 50), (80, 24))
SEED = 1
EXPLAINED = 40
"""Cells that are explained before the summary is pictured: nearly all."""

DRIFTED = "shop/api"
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""The pictures name their fonts, and load none from elsewhere."""

TEXTS = re.compile(r"(?<=>)[^<>]+(?=</text>)")
"""Spaces are written so that every viewer keeps them."""

Script = Callable[[Pilot[int]], Awaitable[None]]


async def board(pilot: Pilot[int]) -> None:
    """All that drifts in one team's repositories, and the cursor on a cell that differs in prod."""
    await pilot.press("slash", *"shop/ prod:drift", "enter", "l", "l", "l")
    await until(pilot, lambda: len(explained(pilot)) > EXPLAINED)
    await pilot.press("n", "n", "n", "n", "n")
    await pilot.pause(0.5)


async def reasons(pilot: Pilot[int]) -> None:
    """Every reason, side by side in one repository."""
    await pilot.press("slash", *"shop/checkout", "enter", "l", "l", "l", "j", "j", "j")
    await until(pilot, lambda: all(f"≠ {word}" in screen_text(pilot) for word in ("moved", "foreign", "rebuilt")))
    await asyncio.sleep(1)


async def compare(pilot: Pilot[int]) -> None:
    """What changed between the base's image and prod's."""
    await pilot.press("slash", *"shop/payments:6.7.1", "enter", "l", "l", "l", "c")
    await until(pilot, lambda: "different images" in screen_text(pilot))
    await asyncio.sleep(1)


async def summary(pilot: Pilot[int]) -> None:
    """How every environment stands."""
    await until(pilot, lambda: len(explained(pilot)) > EXPLAINED)
    await pilot.press("S")
    await until(pilot, lambda: "behind" in screen_text(pilot))
    await asyncio.sleep(1)


async def inspector(pilot: Pilot[int]) -> None:
    """What the cell under the cursor is."""
    await find_drift(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: any("platforms" in str(item.render()) for item in pilot.app.screen.query("Inspector *")))


async def plan(pilot: Pilot[int]) -> None:
    """A promotion before it is confirmed, to the protected environment."""
    await find_drift(pilot)
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen))
    await asyncio.sleep(1)


async def log(pilot: Pilot[int]) -> None:
    """One promotion that ended, and another under way."""
    await pilot.press("slash", *"runner:5.8", "enter", "l")
    await go(pilot)
    await until(pilot, lambda: "✓ done" in pilot.app.screen.query_one(LogPane).text)
    await pilot.press("escape", "slash", *"runner:5.6.3", "enter", "l", "l")
    await go(pilot)
    await pilot.press(*"prod", "enter")  # the slow one, so that it is seen at work
    await until(pilot, lambda: bool(pilot.app.screen.query_one(LogPane).jobs))
    await asyncio.sleep(0.2)


async def history(pilot: Pilot[int]) -> None:
    """All promotions, after one was made and another undone."""
    await pilot.press("slash", *"runner:5.8", "enter", "l")
    await promoted(pilot)
    await pilot.press("escape", "slash", *"shop/search dev:differs", "enter")
    await promoted(pilot)
    await pilot.press("z")
    await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen | ConfirmScreen))
    await asyncio.sleep(1)
    await pilot.press("y")
    await until(pilot, lambda: ended(pilot) == 3)
    await pilot.press("H", "a", "a")
    await asyncio.sleep(1)


async def promoted(pilot: Pilot[int]) -> None:
    """Goes, and waits for the end."""
    before = ended(pilot)
    await go(pilot)
    await until(pilot, lambda: ended(pilot) == before + 1)


def ended(pilot: Pilot[int]) -> int:
    """How many promotions the log says have succeeded."""
    return pilot.app.screen_stack[0].query_one(LogPane).text.count("✓ done")


async def lock(pilot: Pilot[int]) -> None:
    """A locked tag in prod, and the question before it is unlocked."""
    await pilot.press("slash", *"prod:locked", "enter", "l", "l", "l")
    await pilot.pause(0.5)
    await pilot.press("U")
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
    await asyncio.sleep(1)


async def go(pilot: Pilot[int]) -> None:
    """Plans what the cursor stands on, reads the plan, and confirms it."""
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen))
    await asyncio.sleep(1)
    await pilot.press("y")


async def find_drift(pilot: Pilot[int]) -> None:
    """Filters to one repository and goes to its first cell that differs in prod."""
    await pilot.press("slash", *f"{DRIFTED} prod:differs", "enter")
    await pilot.press("l", "l", "l")
    await pilot.pause(0.5)


def explained(pilot: Pilot[int]) -> Mapping[CellKey, Explanation]:
    """The cells that the board can say of why they differ."""
    app = pilot.app
    return app.deck.insights.insight.explanations if isinstance(app, WindlassApp) and app.deck else {}


def screen_text(pilot: Pilot[int]) -> str:
    """What is drawn, as text."""
    strips = pilot.app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
    return "\n".join(strip.text for strip in strips)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(30):
        while not holds():
            await pilot.pause(0.05)


async def take(name: str, script: Script, size: tuple[int, int]) -> None:
    """One picture: the program is started, played with, and its screen written down."""
    async with open_demo(SEED) as workbench:
        app = WindlassApp(workbench)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.deck is not None and app.deck.surveys.read_at is not None)
            await script(pilot)
            picture = FONTS.sub("", app.export_screenshot(title="windlass demo"))
            picture = TEXTS.sub(lambda text: text.group().replace(" ", "&#160;"), picture)
            (FOLDER / f"{name}-{size[0]}x{size[1]}.svg").write_text(picture)


async def main() -> None:
    """All pictures, in both sizes."""
    for size in SIZES:
        for script in (board, reasons, compare, summary, inspector, plan, log, history, lock):
            await take(script.__name__, script, size)


if __name__ == "__main__":
    asyncio.run(main())

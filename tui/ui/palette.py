"""The command palette: every action of the board by name."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

if TYPE_CHECKING:
    from tui.ui.app import WindlassApp


class ActionProvider(Provider):
    """Offers what the keys do, each with its key."""

    async def discover(self) -> Hits:
        """Everything, before a word was typed."""
        for text, run in self._actions():
            yield DiscoveryHit(text, run)

    async def search(self, query: str) -> Hits:
        """What matches `query`."""
        matcher = self.matcher(query)
        for text, run in self._actions():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), run, text=text)

    def _actions(self) -> Iterator[tuple[str, Callable[[], object]]]:
        app = cast("WindlassApp", self.app)
        seen: set[str] = set()
        for active in app.listed_actions(self.screen):
            if active.binding.action not in seen:
                seen.add(active.binding.action)
                yield f"{active.binding.description}  ({app.get_key_display(active.binding)})", self._run(active)

    def _run(self, active: ActiveBinding) -> Callable[[], object]:
        return lambda: self.app.run_action(active.binding.action, active.node)

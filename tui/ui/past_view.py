"""How promotions are drawn afterwards: a line for each, and the chosen one whole. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never

from rich.cells import cell_len

from tui.domain.environment import PromotionPath
from tui.domain.past import Outcome, Past
from tui.domain.past_text import past_text
from tui.domain.reference import Digest
from tui.domain.text import clean
from tui.domain.timestamps import age
from tui.ui.cutting import cut_end, shorten
from tui.ui.glyphs import Glyphs
from tui.ui.naming import name
from tui.ui.widgets.sheet import SheetLine, Tone

_TIME: Final = "%Y-%m-%d %H:%M"
_WHOLE_TIME: Final = "%Y-%m-%d %H:%M:%S %z"
_AGE_WIDTH: Final = 5
_OUTCOME_WIDTH: Final = max(len(outcome) for outcome in Outcome)
_WIDEST_TARGET: Final = 40
_ROOM_FOR_TIME: Final = 100
"""Cells from which a line has room for the time of day as well as for how long ago it was."""


@dataclass(frozen=True, slots=True)
class Register:
    """The lines of `pasts`, the newest first. `undone` are the ids of those that were taken back since."""

    pasts: Sequence[Past]
    path: PromotionPath
    now: datetime
    glyphs: Glyphs
    undone: Collection[str] = frozenset()

    def drawn(self, width: int) -> tuple[SheetLine, ...]:
        """A line for each: when, how it ended, to where, what and by whom."""
        targets = [name(past.target, self.path) for past in self.pasts]
        room = min(max(map(cell_len, targets), default=0), _WIDEST_TARGET, max(width // 3, 1))
        return tuple(
            self._line(past, shorten(target, room, self.glyphs), width)
            for past, target in zip(self.pasts, targets, strict=True)
        )

    def __len__(self) -> int:
        return len(self.pasts)

    def only(self, places: Sequence[int]) -> "Register":
        """Those at `places`."""
        return replace(self, pasts=[self.pasts[at] for at in places])

    def whole(self, at: int) -> str:
        """All that is known of the one at `at` at a glance, line by line."""
        return whole(self.pasts[at], self.path)

    def text(self, at: int) -> str:
        """What the filter looks through."""
        past = self.pasts[at]
        return (
            f"{past.outcome} {name(past.target, self.path)} {sentence(past, self.path)} {past.source} {past.replaced}"
        )

    def digest(self, at: int) -> Digest | None:
        """What was promoted."""
        return self.pasts[at].source.digest

    def promotion(self, at: int) -> str:
        """Its id."""
        return self.pasts[at].promotion

    def document(self, at: int) -> Mapping[str, str | None]:
        """The one at `at` for a file."""
        past = self.pasts[at]
        return {
            "promotion": past.promotion,
            "outcome": past.outcome.value,
            "began": past.began.isoformat(),
            "ended": past.ended.isoformat() if past.ended else None,
            "source": str(past.source),
            "target": str(past.target),
            "written": "yes" if past.moved else "no",
            "untagged": "yes" if past.untagged else "no",
            "replaced": str(past.replaced) if past.replaced else None,
            "engine": past.engine or None,
            "by": past.by or None,
            "occasion": past.occasion or None,
            "detail": past.detail or None,
        }

    def _line(self, past: Past, target: str, width: int) -> SheetLine:
        time = f"{past.began.astimezone().strftime(_TIME)}  " if width >= _ROOM_FOR_TIME else ""
        ago = f"{time}{age(past.began, self.now):>{_AGE_WIDTH}}  "
        outcome, head = f"{past.outcome.value:<{_OUTCOME_WIDTH}}  ", f"{target}  "
        room = max(width - sum(map(cell_len, (ago, outcome, head))), 0)
        undone = "undone since: " if past.promotion in self.undone else ""
        rest = cut_end(undone + sentence(past, self.path), room, self.glyphs)
        return (ago, Tone.MUTED), (outcome, _tone(past.outcome)), (head, Tone.TITLE), (rest, Tone.PLAIN)


def sentence(past: Past, path: PromotionPath) -> str:
    """`a1b2c3d4 from base, over 9f8e7d6c (follow), by alice  (3fa2c9d1e0b4)`."""
    by = f", by {past.by}" if past.by else ""
    return clean(f"{past_text(past, path)}{by}  ({past.promotion})")


def whole(past: Past, path: PromotionPath) -> str:
    """All that is known of `past` at a glance, line by line."""
    time = past.began.astimezone().strftime(_WHOLE_TIME)
    ended = f", ended {past.ended.astimezone().strftime(_WHOLE_TIME)}" if past.ended else ""
    engine = f" with {past.engine}" if past.engine else ""
    lines = (
        f"{past.promotion}  {name(past.target, path)}  {past.outcome.value}, {_written(past)}",
        f"{'now' if past.moved and not past.untagged else 'of '} {past.source.digest or 'an unknown digest'}",
        f"was {past.replaced}" if past.replaced else "",
        f"{sentence(past, path)}{engine}",
        f"began {time}{ended}",
    )
    return "\n".join(line for line in lines if line)


def _written(past: Past) -> str:
    """What became of the tag, as far as the journal knows; of one interrupted just then only the registry does."""
    if past.moved:
        return "the tag was taken away" if past.untagged else "the tag was written"
    is_open = past.outcome in {Outcome.INTERRUPTED, Outcome.RUNNING}
    return "no write of the tag was seen" if is_open else "the tag was not written"


def _tone(outcome: Outcome) -> Tone:
    match outcome:
        case Outcome.SUCCEEDED:
            return Tone.GOOD
        case Outcome.REFUSED | Outcome.FAILED:
            return Tone.UNREAD
        case Outcome.CANCELLED | Outcome.INTERRUPTED:
            return Tone.CHANGED
        case Outcome.RUNNING:
            return Tone.PLAIN
        case _:
            assert_never(outcome)

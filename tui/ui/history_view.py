"""How the history of a tag is drawn: a line for each change, and the chosen one whole. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from rich.cells import cell_len

from tui.domain.history_steps import StepKind
from tui.domain.history_text import HistoryLine
from tui.domain.reference import Digest, Tag
from tui.ui.cutting import cut_end, shorten
from tui.ui.glyphs import Glyphs
from tui.ui.widgets.sheet import SheetLine, Tone

CAUTION: Final = "seen is when a survey looked, not when it changed"
"""How to read the times."""

_TIME: Final = "%Y-%m-%d %H:%M"
_WHOLE_TIME: Final = "%Y-%m-%d %H:%M:%S %z"
_AGE_WIDTH: Final = 5
_WIDEST_ENVIRONMENT: Final = 12
_WIDEST_TAG: Final = 24


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of a history, the newest first. `titles` are what environments are called, by name.

    `tag` is the one that it is about; None where it is about all of a repository.
    """

    lines: Sequence[HistoryLine]
    titles: Mapping[str, str]
    glyphs: Glyphs
    tag: Tag | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def only(self, places: Sequence[int]) -> "Ledger":
        """The lines at `places`."""
        return replace(self, lines=[self.lines[at] for at in places])

    def drawn(self, width: int) -> tuple[SheetLine, ...]:
        """A line for each change: time, how long ago, environment, the tag where there are several, what happened."""
        environments = self._environments()
        if self.tag is None:
            return self._drawn_with_tags(width)
        return tuple(_line(line, environments[line.environment], width, self.glyphs) for line in self.lines)

    def _drawn_with_tags(self, width: int) -> tuple[SheetLine, ...]:
        environments = self._environments()
        room = _widest((line.tag for line in self.lines), _WIDEST_TAG)
        return tuple(
            _line(
                line,
                f"{environments[line.environment]}  {shorten(line.tag, room, self.glyphs)}",
                width,
                self.glyphs,
            )
            for line in self.lines
        )

    def whole(self, at: int) -> str:
        """The line at `at` with nothing left out: when, where, what happened, the digests."""
        line = self.lines[at]
        place = f"{self._title(line.environment)}  {line.repository}:{line.tag}"
        time = line.at.astimezone().strftime(_WHOLE_TIME)
        before = f"\nwas {line.was}" if line.was and line.was != line.digest else ""
        return f"{place}  {time}, {line.age} ago\n{line.text}\nnow {line.digest or 'gone'}{before}"

    def text(self, at: int) -> str:
        """What the filter looks through."""
        line = self.lines[at]
        return f"{line.environment} {line.repository}:{line.tag} {line.text} {line.digest} {line.was}"

    def digest(self, at: int) -> Digest | None:
        """What the line at `at` is about: the digest that the tag holds since, or had before it was gone."""
        line = self.lines[at]
        return line.digest or line.was

    def promotion(self, at: int) -> str:
        """The id of the promotion behind the line at `at`; empty where the change was only seen."""
        return self.lines[at].promotion

    def document(self, at: int) -> Mapping[str, str | None]:
        """The line at `at` for a file."""
        line = self.lines[at]
        return {
            "at": line.at.isoformat(),
            "environment": line.environment,
            "repository": line.repository,
            "tag": line.tag,
            "what": line.kind.value,
            "digest": str(line.digest) if line.digest else None,
            "was": str(line.was) if line.was else None,
            "promotion": line.promotion or None,
            "text": line.text,
        }

    def _environments(self) -> Mapping[str, str]:
        """The titles of all environments in the lines, padded to one width."""
        titles = {name: self._title(name) for name in {line.environment for line in self.lines}}
        room = _widest(titles.values(), _WIDEST_ENVIRONMENT)
        return {name: shorten(title, room, self.glyphs) for name, title in titles.items()}

    def _title(self, environment: str) -> str:
        return self.titles.get(environment, environment)


def emptiness(subject: str) -> str:
    """What to say where nothing is known."""
    return (
        f"Nothing is known of {subject} yet. Its history begins with the first survey that sees it, "
        "and grows with each that sees a change."
    )


def _widest(texts: Iterable[str], limit: int) -> int:
    return min(max(map(cell_len, texts), default=0), limit)


def _line(line: HistoryLine, place: str, width: int, glyphs: Glyphs) -> SheetLine:
    time = f"{line.at.astimezone().strftime(_TIME)}  {line.age:>{_AGE_WIDTH}}  "
    head = f"{place}  "
    room = max(width - cell_len(time) - cell_len(head), 0)
    return (time, Tone.MUTED), (head, Tone.TITLE), (cut_end(line.text, room, glyphs), _tone(line.kind))


def _tone(kind: StepKind) -> Tone:
    match kind:
        case StepKind.PROMOTED:
            return Tone.GOOD
        case StepKind.MOVED | StepKind.BACK | StepKind.PUT_BACK:
            return Tone.CHANGED
        case StepKind.GONE | StepKind.TAKEN_AWAY:
            return Tone.REMOVED
        case StepKind.FIRST_SEEN:
            return Tone.PLAIN
        case _:
            assert_never(kind)

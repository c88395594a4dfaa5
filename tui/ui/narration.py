"""A promotion told afterwards, in the words of the log. Pure."""

from collections.abc import Sequence
from typing import Final

from tui.domain.environment import PromotionPath
from tui.domain.events import Recorded
from tui.domain.progress import Progress
from tui.ui.log_lines import LogLine, Scribe
from tui.ui.log_lines import Tone as LogTone
from tui.ui.widgets.sheet import SheetLine, Tone

_TONES: Final = {
    LogTone.PLAIN: Tone.PLAIN,
    LogTone.LIVE: Tone.PLAIN,
    LogTone.COMMAND: Tone.MUTED,
    LogTone.GOOD: Tone.GOOD,
    LogTone.WARNING: Tone.CHANGED,
    LogTone.BAD: Tone.UNREAD,
}


def narrated(records: Sequence[Recorded], path: PromotionPath) -> tuple[LogLine, ...]:
    """The lines that the log had of `records`, but for the sums of what moved: those are not journalled."""
    scribe, progress = Scribe(path), None
    lines: list[LogLine] = []
    for record in records:
        before, progress = progress, progress.advance(record) if progress else Progress.begin(record)
        lines += scribe.lines(record, before, progress)
    return tuple(lines)


def drawn(lines: Sequence[LogLine], width: int) -> tuple[SheetLine, ...]:
    """`lines` wrapped to `width`, nothing cut off."""
    return tuple(piece for line in lines for piece in _pieces(line, width))


def _pieces(line: LogLine, width: int) -> list[SheetLine]:
    tone = _TONES[line.tone]
    first, *others = line.wrap(max(width, 1))
    return [((line.head, Tone.MUTED), (first, tone)), *(((piece, tone),) for piece in others)]

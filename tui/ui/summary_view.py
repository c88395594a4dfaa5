"""How the summary of a board is drawn: environments first, then the repositories that drift. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from tui.domain.report import Report
from tui.domain.report_words import in_sync_sentence
from tui.domain.summary import RepositoryStanding, Standing
from tui.domain.summary_text import (
    LEGEND,
    place_name,
    repository_text,
    standing_lines,
    tally_lines,
    undated_sentence,
    verdict,
)
from tui.domain.text import clean
from tui.ui.glyphs import Glyphs
from tui.ui.log_lines import fold
from tui.ui.widgets.sheet import SheetLine, Tone

_INDENT: Final = "    "
_MOST_GAPS: Final = 5
_NARROWEST: Final = 8


def drawn(report: Report, glyphs: Glyphs, width: int) -> tuple[SheetLine, ...]:
    """All lines for `width` cells: what is too long goes on below, nothing is cut off."""
    return tuple(piece for line in _lines(report, glyphs) for piece in _pieces(line, width))


_Line = tuple[str, str, Tone]
"""A sign with the space around it, the text, and how it is meant."""


def _lines(report: Report, glyphs: Glyphs) -> Iterator[_Line]:
    yield from _gaps(report, glyphs)
    if undated := undated_sentence(report.undated):
        yield f"{glyphs.unknown} ", undated, Tone.MUTED
        yield "", "", Tone.PLAIN
    for standing in report.summary.environments:
        yield from _environment(standing, report, glyphs)
    for repository in report.summary.repositories:
        if repository.drifting:
            yield from _repository(repository, report, glyphs)
    yield "  ", in_sync_sentence(report.summary), Tone.MUTED
    yield "", "", Tone.PLAIN
    yield "  ", LEGEND, Tone.MUTED


def _gaps(report: Report, glyphs: Glyphs) -> Iterator[_Line]:
    gaps: Sequence[str] = tuple(dict.fromkeys(report.gaps))
    if not gaps:
        return
    yield f"{glyphs.error} ", "not everything was read; nothing is said of what is missing here", Tone.UNREAD
    for sentence in gaps[:_MOST_GAPS]:
        yield _INDENT, sentence, Tone.UNREAD
    if len(gaps) > _MOST_GAPS:
        yield _INDENT, f"and {len(gaps) - _MOST_GAPS} more; a report has them", Tone.UNREAD
    yield "", "", Tone.PLAIN


def _environment(standing: Standing, report: Report, glyphs: Glyphs) -> Iterator[_Line]:
    yield f"{_sign(standing, glyphs)} ", f"{standing.environment.title} {verdict(standing)}", _tone(standing)
    for line in standing_lines(standing, report.summary.now):
        yield _INDENT, line, Tone.PLAIN
    yield "", "", Tone.PLAIN


def _repository(standing: RepositoryStanding, report: Report, glyphs: Glyphs) -> Iterator[_Line]:
    yield f"{glyphs.differs} ", f"{standing.repository}: {repository_text(standing)}", Tone.TITLE
    for line in tally_lines(standing.tally, report.summary.now, place_name):
        yield _INDENT, line, Tone.PLAIN
    yield "", "", Tone.PLAIN


def _sign(standing: Standing, glyphs: Glyphs) -> str:
    if standing.claims_nothing:
        return glyphs.loading if standing.loading else glyphs.error
    if standing.tally.drift:
        return glyphs.differs
    return glyphs.unknown if standing.is_partial else glyphs.same


def _tone(standing: Standing) -> Tone:
    if standing.claims_nothing:
        return Tone.UNREAD
    return Tone.TITLE if standing.tally.drift or standing.is_partial else Tone.GOOD


def _pieces(line: _Line, width: int) -> Iterator[SheetLine]:
    sign, text, tone = line
    head, whole = sign, clean(text)
    room = max(width - cell_len(sign), _NARROWEST)
    for piece in [whole] if cell_len(whole) <= room else fold(whole, room, room):
        yield (head, tone), (piece, tone)
        head = " " * cell_len(sign)

"""The sentences that a report has in every format; not escaped for any."""

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from tui.domain import amounts
from tui.domain.drift import State
from tui.domain.report import Report
from tui.domain.summary import Standing, Summary
from tui.domain.summary_text import LEGEND, undated_sentence
from tui.domain.text import clean

COLUMNS: Final = (State.IN_SYNC, State.DIFFERS, State.MISSING, State.EXTRA, State.UNKNOWN)
"""The states that are counted, in the order of their columns."""

_MOST_GAPS: Final = 50
_NONE: Final = "–"


def taken_text(report: Report) -> str:
    """When the registries were read, what is compared with what, and how far that was narrowed."""
    base = report.environments[0]
    place = f"{base.registry}/{base.prefix}".strip("/")
    narrowing = f" Only {report.narrowing}." if report.narrowing else ""
    return clean(
        f"Taken {report.summary.now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC by Windlass. "
        f"Every environment is held against {base.title} ({place}).{narrowing}"
    )


def gap_sentences(report: Report) -> Iterator[str]:
    """What could not be read, each once, and how much more there is of it."""
    gaps = tuple(dict.fromkeys(report.gaps))
    yield from gaps[:_MOST_GAPS]
    if (left := len(gaps) - _MOST_GAPS) > 0:
        yield f"and {left} more"


def counts_of(standing: Standing) -> tuple[str, ...]:
    """How many cells stand how, by COLUMNS; of an environment that claims nothing only what is unknown."""
    return tuple(
        _NONE if standing.claims_nothing and state is not State.UNKNOWN else str(standing.tally.states[state])
        for state in COLUMNS
    )


def legend_text(report: Report) -> str:
    """What the words for lengths of time mean, and of how many images nobody knows the age."""
    return " ".join(part for part in (LEGEND, undated_sentence(report.undated)) if part)


def in_sync_sentence(summary: Summary) -> str:
    """What is not listed."""
    left = summary.tags - summary.drifting
    if not left:
        return "Every tag drifts." if summary.tags else "There is no tag to list."
    told = f"{amounts.count(left, 'tag')} without known drift {'is' if left == 1 else 'are'} not listed."
    return told if not summary.unknown else f"{told} Unknown cells are no drift, nor are they in sync."

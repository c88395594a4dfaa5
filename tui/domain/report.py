"""A report on drift as a value: what it says, before it is Markdown or HTML. Its texts are cleaned, but not escaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, assert_never

from tui.domain.board import Board, Row
from tui.domain.drift import Cell, State
from tui.domain.environment import Environment
from tui.domain.explanation import Explained
from tui.domain.explanation_text import explanation_details
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.signatures import is_summed_up, missing_sentence
from tui.domain.snapshot import Loading, Snapshot, Unread
from tui.domain.staleness import Changes, Staleness
from tui.domain.summary import Summary, reason_in, summarize
from tui.domain.summary_text import NOT_EXPLAINED, missing_text, older_text, since_text
from tui.domain.text import clean

_EVIDENCE_LIMIT: Final = 600
_SIGNS: Final = {
    State.BASE: "",
    State.IN_SYNC: "=",
    State.DIFFERS: "≠",
    State.MISSING: "·",
    State.EXTRA: "+",
    State.UNKNOWN: "?",
}


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A cell. `word` stands beside its sign; `note` is what the state rests on, `age` since when and how far behind."""

    environment: Environment
    state: State
    word: str
    digest: Digest | None = None
    note: str = ""
    age: str = ""
    locked: bool = False

    @property
    def sign(self) -> str:
        """The board's sign of the state; none for the base."""
        return _SIGNS[self.state]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A tag of which a cell drifts, with a cell for each environment in path order."""

    tag: Tag
    cells: tuple[ReportCell, ...]

    @property
    def drift(self) -> tuple[ReportCell, ...]:
        """The cells that drift."""
        return tuple(cell for cell in self.cells if cell.state.is_drift)


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A repository in which something drifts; `signatures` sums up the missing tags that cosign derives, if any."""

    repository: Repository
    rows: tuple[ReportRow, ...]
    signatures: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in a report, seen at `summary.now`.

    `narrowing` says what was asked for where that was not everything; `gaps` are sentences on what could not be read.
    `undated` counts the images of which nobody knows when they were made, where that would tell how old drift is.
    """

    environments: tuple[Environment, ...]
    summary: Summary
    sections: tuple[ReportSection, ...]
    gaps: tuple[str, ...] = ()
    narrowing: str = ""
    undated: int = 0

    @property
    def title(self) -> str:
        """`Drift report: base → dev → prod▲`."""
        return f"Drift report: {' → '.join(item.title for item in self.environments)}"


@dataclass(frozen=True, slots=True)
class Request:
    """What a report is to be about: rows of a board, with what the journal knows of them; for the rest see Report."""

    board: Board
    rows: Sequence[Row]
    changes: Changes
    gaps: tuple[str, ...] = ()
    narrowing: str = ""


def make_report(request: Request, now: datetime) -> Report:
    """The report. Its sections are the repositories, and their rows, in which something drifts."""
    board = request.board
    staleness = Staleness(board, now, request.changes)
    summary = summarize(board, request.rows, now, request.changes)
    drifting = (row for row in request.rows if row.drifts)
    groups = groupby(drifting, lambda row: row.repository)
    sections = tuple(_section(staleness, repository, tuple(rows)) for repository, rows in groups)
    undated = staleness.count_undated(request.rows)
    return Report(board.path.environments, summary, sections, request.gaps, request.narrowing, undated)


def gaps_on(board: Board, rows: Sequence[Row]) -> Iterator[str]:
    """A sentence for each repository that was not read, and for each tag among `rows` that points to nothing."""
    for section in board.sections.values():
        for name, reading in zip(board.path.names, section.readings, strict=True):
            match reading:
                case Unread(failure):
                    yield clean(f"{name}: cannot {failure.operation}: {failure.detail}")
                case Loading():
                    yield clean(f"{name}: {section.repository} was not read yet")
                case Snapshot(is_remembered=True):
                    yield clean(
                        f"{name}: {section.repository} is remembered from {reading.taken_at:%Y-%m-%d %H:%M} UTC"
                    )
                case Snapshot():
                    pass
    for row in rows:
        for name, entry in zip(board.path.names, row.entries, strict=True):
            if entry is not None and entry.failure is not None:
                yield clean(f"{name}: cannot {entry.failure.operation}: {entry.failure.detail}")


def _section(staleness: Staleness, repository: Repository, rows: Sequence[Row]) -> ReportSection:
    listed = tuple(_row(staleness, row) for row in rows if not is_summed_up(row))
    summed_up = missing_sentence(staleness.board.path.environments, filter(is_summed_up, rows))
    return ReportSection(repository, listed, summed_up)


def _row(staleness: Staleness, row: Row) -> ReportRow:
    return ReportRow(row.tag, tuple(_cell(staleness, row, column) for column in range(len(row.states))))


def _cell(staleness: Staleness, row: Row, column: int) -> ReportCell:
    board = staleness.board
    cell, environment = board.cell(row, column), board.path.environments[column]
    return ReportCell(
        environment,
        cell.state,
        _word(cell),
        cell.entry.digest if cell.entry else None,
        clean(_note(cell, staleness.now), _EVIDENCE_LIMIT),
        _age(staleness, row, column),
        bool(cell.entry and cell.entry.locked),
    )


def _age(staleness: Staleness, row: Row, column: int) -> str:
    """How far the cell is behind, and since when it drifts."""
    lag = staleness.behind(row, column, reason_in(staleness.board, row, column))
    if lag and row.states[column] is State.MISSING:
        return missing_text(lag)  # it is behind for as long as it drifts
    since = staleness.drifts_since(row, column)
    duration = since_text(since, staleness.now) if since else ""
    if lag is None:
        return duration
    return f"{older_text(lag)}; so {duration}" if duration else older_text(lag)


def _word(cell: Cell) -> str:
    match cell.state:
        case State.BASE:
            return "" if cell.entry else "none"
        case State.IN_SYNC:
            return "same" if cell.entry else "none"
        case State.DIFFERS:
            return cell.reason or cell.state.value
        case State.MISSING | State.EXTRA | State.UNKNOWN:
            return cell.state.value
        case _:
            assert_never(cell.state)


def _note(cell: Cell, now: datetime) -> str:
    """What the state rests on, in a phrase."""
    if cell.state is State.MISSING:
        return "the base has this tag"
    if cell.state is State.EXTRA:
        return "the base does not have this tag"
    if cell.state is not State.DIFFERS:
        return ""
    if cell.explanation is None:
        return f"same tag, other digest; {NOT_EXPLAINED}"
    details = "; ".join(explanation_details(cell.explanation, now))
    if isinstance(cell.explanation, Explained):
        reason = cell.explanation.reason.sentence
        return f"{reason}; {details}" if details else reason
    return f"same tag, other digest; {NOT_EXPLAINED}: {details}"

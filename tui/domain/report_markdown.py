"""A report as Markdown, to be pasted into a change ticket: tables, no HTML, nothing that is fetched."""

from collections.abc import Iterator
from typing import Final

from tui.domain import markdown
from tui.domain.report import Report, ReportCell, ReportRow, ReportSection
from tui.domain.report_words import COLUMNS, counts_of, gap_sentences, in_sync_sentence, legend_text, taken_text
from tui.domain.summary import Standing
from tui.domain.summary_text import (
    furthest_text,
    heading,
    image_name,
    oldest_text,
    place_name,
    reasons_text,
    silence,
    tally_lines,
)
from tui.domain.summary_text import repository_text as tags_text

_NONE: Final = "–"
_NUMBERS: Final = frozenset(range(2, 2 + len(COLUMNS)))


def markdown_report(report: Report) -> str:
    """The whole document; it ends with a line end."""
    return "\n".join((*_head(report), *_summary(report), *_sections(report), *_digests(report))) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# {markdown.text(report.title)}"
    yield ""
    yield markdown.text(taken_text(report))
    yield ""
    if report.gaps:
        yield "> **Not everything could be read; nothing is said of what is missing here.**"
        yield ">"
        yield from (f"> - {markdown.text(sentence)}" for sentence in gap_sentences(report))
        yield ""
    yield f"**{markdown.text(heading(report.summary))}**"
    yield ""


def _summary(report: Report) -> Iterator[str]:
    yield "## Summary"
    yield ""
    head = ("environment", "registry", *(state.value for state in COLUMNS), "why they differ", "oldest drift", "behind")
    rows = [_standing(standing, report) for standing in report.summary.environments]
    yield from markdown.table(head, rows, _NUMBERS)
    yield ""
    yield markdown.text(legend_text(report))
    yield ""


def _standing(standing: Standing, report: Report) -> tuple[str, ...]:
    environment, tally = standing.environment, standing.tally
    names = (markdown.text(environment.title), markdown.code(f"{environment.registry}/{environment.prefix}".strip("/")))
    if standing.claims_nothing:
        return (*names, *counts_of(standing), markdown.text(silence(standing)), _NONE, _NONE)
    texts = (reasons_text(tally), oldest_text(tally, report.summary.now, image_name), furthest_text(tally, image_name))
    return (*names, *counts_of(standing), *(markdown.text(each) or _NONE for each in texts))


def _sections(report: Report) -> Iterator[str]:
    standings = {standing.repository: standing for standing in report.summary.repositories}
    for section in report.sections:
        standing = standings[section.repository]
        yield f"## {markdown.code(section.repository)}"
        yield ""
        yield markdown.text(tags_text(standing))
        yield ""
        lines = tally_lines(standing.tally, report.summary.now, place_name)
        yield from (f"- {markdown.text(line)}" for line in lines)
        yield ""
        if section.signatures:
            yield from (markdown.text(f"{section.signatures}."), "")
        if section.rows:
            yield from (*_rows(section), "")
    yield markdown.text(in_sync_sentence(report.summary))


def _rows(section: ReportSection) -> Iterator[str]:
    head = ("tag", "environment", "state", "base", "environment's", "why", "how long")
    return markdown.table(head, [_line(row, cell) for row in section.rows for cell in row.drift])


def _line(row: ReportRow, cell: ReportCell) -> tuple[str, ...]:
    state = f"{cell.sign} {cell.word}{' (locked)' if cell.locked else ''}"  # words of this program alone
    return (
        markdown.code(row.tag),
        markdown.text(cell.environment.title),
        state,
        _short(row.cells[0]),
        _short(cell),
        markdown.text(cell.note),
        markdown.text(cell.age) or _NONE,
    )


def _short(cell: ReportCell) -> str:
    return markdown.code(cell.digest.short) if cell.digest else _NONE


def _digests(report: Report) -> Iterator[str]:
    """Every digest of the drifted rows, whole."""
    rows = [
        (markdown.code(f"{section.repository}:{row.tag}"), markdown.text(cell.environment.title), _whole(cell))
        for section in report.sections
        for row in section.rows
        for cell in (row.cells[0], *row.drift)
        if cell.digest
    ]
    if rows:
        yield from ("", "## Digests", "")
        yield from markdown.table(("image", "environment", "digest"), rows)


def _whole(cell: ReportCell) -> str:
    return markdown.code(str(cell.digest))

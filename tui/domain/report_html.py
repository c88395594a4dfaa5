"""A report as one HTML page that needs nothing else: no script, no font, no image, nothing fetched.

Its Content-Security-Policy allows the one style sheet inside it, by its hash, and nothing more: should anything that
others wrote ever get past the escaping, a browser runs none of it.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape

from tui.domain.report import Report, ReportCell, ReportRow, ReportSection
from tui.domain.report_style import STYLE
from tui.domain.report_words import COLUMNS, counts_of, gap_sentences, in_sync_sentence, legend_text, taken_text
from tui.domain.summary import RepositoryStanding, Standing
from tui.domain.summary_text import (
    furthest_text,
    heading,
    image_name,
    oldest_text,
    place_name,
    reasons_text,
    repository_text,
    silence,
    tally_lines,
)
from tui.domain.text import clean


def html_report(report: Report) -> str:
    """The whole page; it ends with a line end."""
    return "\n".join((*_head(report), *_top(report), *_summary(report), *_sections(report), *_end(report))) + "\n"


def policy() -> str:
    """The page's Content-Security-Policy."""
    style = b64encode(sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"


def _text(words: str) -> str:
    return escape(clean(words).strip())


def _head(report: Report) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(policy())}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{_text(report.title)}</title>"
    yield f"<style>{STYLE}</style>"
    yield "</head>"
    yield "<body>"


def _top(report: Report) -> Iterator[str]:
    yield f"<h1>{_text(report.title)}</h1>"
    yield f"<p>{_text(taken_text(report))}</p>"
    if report.gaps:
        yield '<section class="gaps">'
        yield "<h2>! Not everything could be read; nothing is said of what is missing here</h2>"
        yield f"<ul>{''.join(f'<li>{_text(sentence)}</li>' for sentence in gap_sentences(report))}</ul>"
        yield "</section>"
    yield f'<p class="heading">{_text(heading(report.summary))}</p>'


def _summary(report: Report) -> Iterator[str]:
    yield "<h2>Summary</h2>"
    heads = (
        "environment",
        "registry",
        *(state.value for state in COLUMNS),
        "why they differ",
        "oldest drift",
        "behind",
    )
    rows = [_standing(standing, report) for standing in report.summary.environments]
    yield from _table(heads, rows)
    yield f"<p>{_text(legend_text(report))}</p>"


def _standing(standing: Standing, report: Report) -> str:
    environment, tally = standing.environment, standing.tally
    place = f"{environment.registry}/{environment.prefix}".strip("/")
    cells = [f'<th scope="row">{_text(environment.title)}</th>', f"<td><code>{_text(place)}</code></td>"]
    cells += [f'<td class="number">{_text(count)}</td>' for count in counts_of(standing)]
    if standing.claims_nothing:
        return "".join((*cells, f'<td colspan="3" class="unknown">? {_text(silence(standing))}</td>'))
    texts = (reasons_text(tally), oldest_text(tally, report.summary.now, image_name), furthest_text(tally, image_name))
    return "".join((*cells, *(f"<td>{_text(words) or '–'}</td>" for words in texts)))


def _sections(report: Report) -> Iterator[str]:
    standings = {standing.repository: standing for standing in report.summary.repositories}
    heads = ("tag", *(environment.title for environment in report.environments))
    for section in report.sections:
        yield from _section(section, standings[section.repository], heads, report.summary.now)


def _section(
    section: ReportSection, standing: RepositoryStanding, heads: Sequence[str], now: datetime
) -> Iterator[str]:
    yield f"<h2>{_text(section.repository)}</h2>"
    yield f"<p>{_text(repository_text(standing))}</p>"
    yield f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in tally_lines(standing.tally, now, place_name))}</ul>"
    if section.signatures:
        yield f"<p>{_text(section.signatures)}.</p>"
    if section.rows:
        yield from _table(heads, [_row(row) for row in section.rows])


def _row(row: ReportRow) -> str:
    return f'<th scope="row">{_text(row.tag)}</th>{"".join(map(_cell, row.cells))}'


def _cell(cell: ReportCell) -> str:
    """Sign and word; below them the digest, then what the state rests on."""
    word = " ".join(part for part in (cell.sign, cell.word, "(locked)" if cell.locked else "") if part)
    lines = [f"<b>{_text(word)}</b>"] if word else []
    if cell.digest:
        lines.append(f"<code>{_text(str(cell.digest))}</code>")
    if cell.state.is_drift:
        lines += [f"<small>{_text(words)}</small>" for words in (cell.age, cell.note) if words]
    return f'<td class="{cell.state.value}">{"<br>".join(lines)}</td>'


def _table(heads: Sequence[str], rows: Iterable[str]) -> Iterator[str]:
    yield '<div class="wide"><table>'
    titles = "".join(f'<th scope="col">{_text(head)}</th>' for head in heads)
    yield f"<thead><tr>{titles}</tr></thead>"
    yield "<tbody>"
    yield from (f"<tr>{row}</tr>" for row in rows)
    yield "</tbody></table></div>"


def _end(report: Report) -> Iterator[str]:
    yield f"<p>{_text(in_sync_sentence(report.summary))}</p>"
    yield "</body>"
    yield "</html>"

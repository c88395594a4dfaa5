"""Reports: what stands in them, and that nothing that others wrote is more than text in them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from tests.strategies import FAILURE, NOW
from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import CellKey, Clue, Explained, Explanation, Reason, Undecided
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.report import Report, Request, gaps_on, make_report
from tui.domain.report_html import html_report, policy
from tui.domain.report_markdown import markdown_report
from tui.domain.report_style import STYLE
from tui.domain.snapshot import Failure, FailureKind, Loading, Snapshot, TagEntry, Unread
from tui.domain.staleness import Changes
from tui.domain.summary_text import LEGEND

API, WEB = Repository("shop/api"), Repository("shop/web")
A, B, C = (Digest("sha256", digit * 64) for digit in "abc")
PATH = PromotionPath(
    (
        Environment("base", "b.io"),
        Environment("dev", "d.io", prefix="team/"),
        Environment("prod", "p.io", protected=True),
    )
)
HOSTILE = (
    "</td><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png) https://evil.example",
    "a | b ` c \\ @everyone",
    "\x1b]52;c;aGk=\x07\u202egpj",
    "-->]]></style><style>*{display:none}",
    "line\n\n# heading\n| --- |",
)


def entry(tag: str, digest: Digest, **held: float) -> TagEntry:
    return TagEntry(Tag(tag), digest, pushed=NOW - timedelta(**held) if held else None)


def board(tag: str = "1.0", repository: Repository = API, explanation: Explanation | None = None) -> Board:
    """`tag` differs in prod; 0.9 is in sync, 2.0 missing in prod and 0.1 extra there."""
    held = {
        "base": [entry(tag, A, days=3), entry("0.9", A), entry("2.0", A, days=12)],
        "dev": [entry(tag, A), entry("0.9", A), entry("2.0", A)],
        "prod": [entry(tag, B, days=5), entry("0.9", A), replace(entry("0.1", B), locked=True)],
    }
    made = Board(PATH)
    for name, entries in held.items():
        made = made.with_reading(
            name, repository, Snapshot(name, repository, NOW, {each.tag: each for each in entries})
        )
    key = CellKey(repository, Tag(tag), "prod", A, B)
    return replace(made, insight=Insight({key: explanation} if explanation else {}))


def report(made: Board, *gaps: str, narrowing: str = "", rows: tuple[Row, ...] | None = None) -> Report:
    changes: Changes = {}
    return make_report(Request(made, made.rows if rows is None else rows, changes, gaps, narrowing), NOW)


MOVED = Explained(Reason.MOVED, (Clue("the base's tag moved", NOW - timedelta(hours=2)),))


# -- what stands in it -------------------------------------------------------------------------------------------


def test_a_report_has_the_rows_that_drift_and_no_others() -> None:
    (section,) = report(board()).sections
    assert [row.tag for row in section.rows] == ["2.0", "1.0", "0.1"]
    assert [cell.state for cell in section.rows[0].cells] == [State.BASE, State.IN_SYNC, State.MISSING]


def test_a_cell_tells_its_reason_evidence_and_age() -> None:
    (section,) = report(board(explanation=MOVED)).sections
    cell = section.rows[1].cells[2]
    assert (cell.sign, cell.word, cell.digest) == ("≠", "moved", B)
    assert cell.note == f"{Reason.MOVED.sentence}; the base's tag moved 2 h ago"
    assert cell.age == "its image was pushed at least 2 days before the base's; so for 3 days"


@pytest.mark.parametrize(
    ("explanation", "told"),
    [
        (None, "same tag, other digest; not explained"),
        (
            Undecided(("the config is not readable",)),
            "same tag, other digest; not explained: the config is not readable",
        ),
    ],
)
def test_a_cell_without_a_reason_says_so(explanation: Explanation | None, told: str) -> None:
    (section,) = report(board(explanation=explanation)).sections
    assert section.rows[1].cells[2].note == told


def test_a_missing_tag_tells_its_age_once() -> None:
    (section,) = report(board()).sections
    assert section.rows[0].cells[2].age == "missing for 12 days, and so behind"


def test_how_much_older_an_image_is_is_told_plainly() -> None:
    made = board(explanation=MOVED)
    ages = {A: Identity(created=NOW - timedelta(days=4)), B: Identity(created=NOW - timedelta(days=11))}
    dated = report(replace(made, insight=made.insight.with_identities(ages)))
    assert dated.sections[0].rows[1].cells[2].age == "its image is 7 days older than the base's; so for 3 days"
    assert dated.undated == 0


def test_what_the_base_had_before_tells_how_long_it_has_another() -> None:
    made = board(explanation=MOVED)
    held = {tag: replace(each, pushed=NOW - timedelta(days=1)) for tag, each in _entries(made, "prod").items()}
    later = report(made.with_reading("prod", API, Snapshot("prod", API, NOW, held)))
    assert later.sections[0].rows[1].cells[2].age == "the base has had another for 3 days; so for 1 day"


def _entries(made: Board, name: str) -> Mapping[Tag, TagEntry]:
    reading = made.reading(API, PATH.names.index(name))
    assert isinstance(reading, Snapshot)
    return reading.entries


# -- signatures --------------------------------------------------------------------------------------------------


def signed(*suffixes: str, elsewhere: Digest | None = None) -> Board:
    """The board, and in its base alone the tags that cosign derives; dev has those of `elsewhere`."""
    tags = [Tag(f"sha256-{number:064x}.{suffix}") for number, suffix in enumerate(suffixes)]
    made = board()
    base = {tag: TagEntry(tag, C) for tag in tags}
    dev = {tag: TagEntry(tag, elsewhere) for tag in tags} if elsewhere else {}
    for name, more in (("base", base), ("dev", dev)):
        made = made.with_reading(name, API, Snapshot(name, API, NOW, {**_entries(made, name), **more}))
    return made


def test_missing_signatures_are_a_line_and_still_counted() -> None:
    made = report(signed("sig", "att", "sbom", elsewhere=C))
    assert made.sections[0].signatures == "3 signature tags are missing in prod▲"
    assert [row.tag for row in made.sections[0].rows] == ["2.0", "1.0", "0.1"]
    assert made.summary.environments[1].tally.states[State.MISSING] == 4
    assert made.undated == report(board()).undated
    for text in (markdown_report(made), html_report(made)):
        assert "3 signature tags are missing in prod▲." in text
        assert ".sbom" not in text


def test_each_environment_without_a_signature_is_named() -> None:
    assert report(signed("sig")).sections[0].signatures == "1 signature tag is missing in dev, 1 in prod▲"


def test_a_signature_that_differs_is_a_row() -> None:
    (section,) = report(signed("sig", elsewhere=B)).sections
    assert section.signatures == ""
    assert any(row.tag.endswith(".sig") for row in section.rows)


def test_a_repository_that_lacks_only_signatures_has_no_table() -> None:
    made = signed("sig")
    text = markdown_report(report(made, rows=tuple(row for row in made.rows if row.tag.endswith(".sig"))))
    assert "1 signature tag is missing in dev, 1 in prod▲." in text
    assert "| tag |" not in text


# -- gaps --------------------------------------------------------------------------------------------------------


def test_what_was_not_read_is_told_whatever_it_is() -> None:
    bad = TagEntry(Tag("x"), None, failure=Failure(FailureKind.INVALID, "resolve x", "no digest"))
    made = Board(PATH).with_reading("base", API, Unread(FAILURE)).with_reading("dev", API, Loading())
    made = made.with_reading("prod", API, Snapshot("prod", API, NOW, {bad.tag: bad}, is_remembered=True))
    assert list(gaps_on(made, made.rows)) == [
        "base: cannot list tags: connection refused",
        "dev: shop/api was not read yet",
        "prod: shop/api is remembered from 2026-11-24 12:00 UTC",
        "prod: cannot resolve x: no digest",
    ]


def test_gaps_come_before_everything_else_and_each_once() -> None:
    for text in (markdown_report(report(board(), "prod is down", "prod is down")),
                 html_report(report(board(), "prod is down", "prod is down"))):  # fmt: skip
        assert text.count("prod is down") == 1
        assert text.index("Not everything could be read") < text.index("prod is down") < text.index("Summary")


def test_many_gaps_are_counted() -> None:
    text = markdown_report(report(board(), *(f"gap {number}" for number in range(1000))))
    assert "> - gap 49\n> - and 950 more\n" in text


def test_without_gaps_none_are_spoken_of() -> None:
    assert "could be read" not in markdown_report(report(board()))
    assert 'class="gaps"' not in html_report(report(board()))


# -- Markdown ----------------------------------------------------------------------------------------------------


def test_markdown_reads_like_this() -> None:
    made = report(board(explanation=MOVED), narrowing="what --tag 1 matches")
    assert markdown_report(made).splitlines() == [
        "# Drift report: base → dev → prod▲",
        "",
        "Taken 2026-11-24 12:00:00 UTC by Windlass. Every environment is held against base (`b.io`)."
        " Only what --tag 1 matches.",
        "",
        "**3 of 4 tags drift**",
        "",
        "## Summary",
        "",
        "| environment | registry | in-sync | differs | missing | extra | unknown"
        " | why they differ | oldest drift | behind |",
        "| --- | --- | --: | --: | --: | --: | --: | --- | --- | --- |",
        "| dev | `d.io/team` | 4 | 0 | 0 | 0 | 0 | – | – | – |",
        "| prod▲ | `p.io` | 1 | 1 | 1 | 1 | 0 | 1 moved | shop/api:2.0 for 12 days (since 2026-11-12)"
        " | shop/api:2.0, 12 days behind |",
        "",
        f"{LEGEND} Of 2 images nobody knows when they were made.",
        "",
        "## `shop/api`",
        "",
        "3 of 4 tags drift",
        "",
        "- 1 differs, 1 missing, 1 extra, 5 in sync",
        "- why they differ: 1 moved",
        "- oldest drift: 2.0 in prod▲ for 12 days (since 2026-11-12)",
        "- furthest behind: 2.0 in prod▲, 12 days behind",
        "",
        "| tag | environment | state | base | environment's | why | how long |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| `2.0` | prod▲ | · missing | `aaaaaaaa` | – | the base has this tag | missing for 12 days, and so behind |",
        f"| `1.0` | prod▲ | ≠ moved | `aaaaaaaa` | `bbbbbbbb` | {Reason.MOVED.sentence};"
        " the base's tag moved 2 h ago | its image was pushed at least 2 days before the base's; so for 3 days |",
        "| `0.1` | prod▲ | + extra (locked) | – | `bbbbbbbb` | the base does not have this tag | – |",
        "",
        "1 tag without known drift is not listed.",
        "",
        "## Digests",
        "",
        "| image | environment | digest |",
        "| --- | --- | --- |",
        f"| `shop/api:2.0` | base | `{A}` |",
        f"| `shop/api:1.0` | base | `{A}` |",
        f"| `shop/api:1.0` | prod▲ | `{B}` |",
        f"| `shop/api:0.1` | prod▲ | `{B}` |",
    ]


def test_an_environment_that_was_not_read_claims_nothing() -> None:
    made = board().with_reading("prod", API, Unread(FAILURE))
    told = "| prod▲ | `p.io` | – | – | – | – | 3 | could not be read: nothing is said of it | – | – |"
    assert told in markdown_report(report(made))
    assert "? could not be read: nothing is said of it" in html_report(report(made))


def test_nothing_to_list_is_a_report_too() -> None:
    made = report(board(), rows=())
    assert "There is no tag to list." in markdown_report(made)
    assert "There is no tag to list." in html_report(made)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_markdown(text: str) -> None:
    made = report(board(text, Repository(text), Explained(Reason.FOREIGN, (Clue(text),))), text, narrowing=text)
    written = markdown_report(made)
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(written)
    kinds = {token.type for token in tokens} | {each.type for token in tokens for each in token.children or ()}
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "fence", "code_block", "hr"}
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h2", "h2"]
    assert len([token for token in tokens if token.type == "table_open"]) == 3
    assert not any(ord(each) < 32 and each != "\n" for each in written)
    assert "\u202e" not in written


# -- HTML --------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of a page, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.depth: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br"}:
            self.depth.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.depth.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.depth and self.depth[-1] != "style":
            self.texts.append(data)


def test_html_is_well_formed_and_needs_nothing_else() -> None:
    page = Page(html_report(report(board(explanation=MOVED))))
    assert page.depth == []
    texts = {"h1", "h2", "p", "div", "b", "code", "small", "br", "ul", "li"}
    tables = {"table", "thead", "tbody", "tr", "th", "td"}
    assert set(page.tags) == {"html", "head", "meta", "title", "style", "body"} | texts | tables
    names = {name for name, _ in page.attributes}
    assert names == {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}
    assert ("http-equiv", "Content-Security-Policy") in page.attributes
    assert ("content", policy()) in page.attributes


def test_the_policy_allows_the_style_sheet_that_is_there_and_nothing_else() -> None:
    assert policy().startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy()
    text = html_report(report(board()))
    assert text.count("<style>") == 1
    assert f"<style>{STYLE}</style>" in text
    assert not any(word in STYLE for word in ("url(", "@import", "http"))


def test_a_cell_has_sign_word_and_whole_digest() -> None:
    text = html_report(report(board(explanation=MOVED)))
    assert f'<td class="differs"><b>≠ moved</b><br><code>{B}</code><br><small>its image was pushed at' in text
    assert '<td class="missing"><b>· missing</b><br><small>missing for 12 days, and so behind</small>' in text
    assert f'<td class="extra"><b>+ extra (locked)</b><br><code>{B}</code>' in text
    assert f'<td class="in-sync"><b>= same</b><br><code>{A}</code></td>' in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_html(text: str) -> None:
    calm = Page(html_report(report(board("t", Repository("r"), Explained(Reason.FOREIGN, (Clue("c"),))), "g")))
    made = report(board(text, Repository(text), Explained(Reason.FOREIGN, (Clue(text),))), text)
    page = Page(html_report(made))
    assert sorted(page.tags) == sorted(calm.tags)
    assert {name for name, _ in page.attributes} == {name for name, _ in calm.attributes}
    assert not any(ord(each) < 32 and each != "\n" for each in html_report(made))
    assert "\u202e" not in html_report(made)


def test_a_cell_that_was_not_read_is_unknown_in_a_row_that_drifts() -> None:
    made = board().with_reading("dev", API, Unread(FAILURE))
    assert '<td class="unknown"><b>? unknown</b></td>' in html_report(report(made))


def test_where_neither_side_has_the_tag_there_is_none() -> None:
    (section,) = report(board()).sections
    extra = section.rows[2]
    assert [cell.word for cell in extra.cells] == ["none", "none", "extra"]

"""Whatever others wrote is only text once it is Markdown, and reads as it was written."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tui.domain import markdown
from tui.domain.text import clean

RENDERER = MarkdownIt("gfm-like", {"html": True})
"""As forges do it: tables, strikethrough, HTML, and bare addresses made into links."""

ALLOWED = {"text", "code_inline", "softbreak"}
HOSTILE = [
    "a | b || c \\| d \\",
    "`code` ``x` \\` `",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- --> &lt; &#64;",
    "[text](https://evil.example) ![](//evil.example/x.png) [ref]: x <https://evil.example>",
    "https://evil.example http://x www.evil.example mailto:a@evil.example ftp://x",
    "@everyone @org/team me@example.org #123 !45 org/repo#6",
    "**b** __b__ *i* _i_ ~~s~~ $x^2$",
    "# no heading",
    "1. no list",
    "- no list",
    "> no quote",
    "=====",
    "```\nno block",
    "\x1b]52;c;aGk=\x07 \u202egpj.exe \u200b",
    "::: no directive",
    "@`@` @\\@ ://`:// \\` @",
]

words = st.one_of(
    st.text(max_size=60),
    st.text("`@\\|<>[]()*_~#!:/w.1a &\n-", max_size=40),
    st.lists(st.sampled_from(["@", "://", "www.", "#1", "`", "\\", "http", " ", "|", "a"]), max_size=12).map("".join),
)


def flat(text: str, source: str) -> list[Any]:
    """The inline tokens that `source` is, which stand for `text`."""
    tokens = RENDERER.parse(source)
    inline = [token for token in tokens if token.type == "inline"]
    assert len(inline) <= 1, (text, [token.type for token in tokens])
    return list(inline[0].children or ()) if inline else []


def examples(test: Any) -> Any:
    for text in HOSTILE:
        test = example(text)(test)
    return test


@examples
@given(words)
def test_it_is_only_text_and_reads_as_it_was_written(text: str) -> None:
    tokens = flat(text, f"x {markdown.text(text)} x")
    assert {token.type for token in tokens} <= ALLOWED
    shown = "".join(token.content for token in tokens)
    wanted = f"x {clean(text).strip()} x"
    assert re.sub(r"\s+", " ", shown) == re.sub(r"\s+", " ", wanted)


@examples
@given(words)
def test_at_the_beginning_of_a_line_it_begins_nothing(text: str) -> None:
    tokens = RENDERER.parse(markdown.text(text))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}


@examples
@given(words)
def test_in_a_table_it_stays_in_its_cell(text: str) -> None:
    source = "\n".join(markdown.table(("one", "two"), [(markdown.text(text), markdown.code(text))]))
    tokens = RENDERER.parse(source)
    assert [token.type for token in tokens].count("td_open") == 2
    inline = [child.type for token in tokens for child in token.children or ()]
    assert set(inline) <= ALLOWED


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_forge_would_call_stands_in_code(text: str) -> None:
    """Mentions, issues and addresses are looked for in what is no code, after Markdown is done."""
    tokens = flat(text, f"x {markdown.text(text)}")
    plain = "\0".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"@\w|://|www\.|[#!]\d|mailto:", plain)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("shop/api", "`shop/api`"), ("sha256:abc", "`sha256:abc`"), ("a`b", "a\\`b"), ("a b|c", "a b\\|c"), ("", "")],
)
def test_names_stand_in_code_where_they_are_names(name: str, shown: str) -> None:
    assert markdown.code(name) == shown

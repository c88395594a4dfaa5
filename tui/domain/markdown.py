"""Text that others wrote, made inert for Markdown: it shows as it is, and links, calls and embeds nothing.

Characters that CommonMark gives a meaning are escaped with a backslash. What forges make of plain text after that
(mentions, references to issues, bare addresses) survives a backslash; such words stand in a code span, which is where
every forge leaves text alone.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tui.domain.text import clean

_ACTIVE: Final = re.compile(r"[\\`*_{}\[\]<>|~&$^]")
_WORD: Final = re.compile(r"[^\s`|\\()\[\]{}<>\"',;]+(?<![.:?])")
_CALLING: Final = re.compile(r"@|//|[#!]\d|\bgh-\d|\b(?:mailto|xmpp):|\w\.[^\W\d_]{2}", re.IGNORECASE)
"""Mentions, addresses, issues and changes, and whatever looks like the name of a host."""

_LEADING: Final = re.compile(r"^(\d{1,9})?([-+#=.):!])")
_NAME: Final = re.compile(r"[A-Za-z0-9._/:@+-]+")


def text(words: str) -> str:
    """`words` as plain text on one line, for a paragraph, the item of a list, or the cell of a table."""
    cleaned = clean(words).strip()
    pieces: list[str] = []
    end = 0
    for found in _WORD.finditer(cleaned):
        if _CALLING.search(found.group()):
            pieces += [_escaped(cleaned[end : found.start()]), f"`{found.group()}`"]
            end = found.end()
    return _LEADING.sub(r"\1\\\2", "".join((*pieces, _escaped(cleaned[end:]))))


def code(name: str) -> str:
    """`name` in a code span; as plain text where it has characters that no image's name has."""
    return f"`{name}`" if _NAME.fullmatch(name) else text(name)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> Iterator[str]:
    """The lines of a table of cells that are Markdown already; the columns in `right` are aligned to the right."""
    yield _line(head)
    yield _line(["--:" if at in right else "---" for at in range(len(head))])
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(words: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", words)

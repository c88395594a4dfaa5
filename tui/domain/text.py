"""Cleaning of text that others wrote: tags, labels, error messages, warnings.

A registry's text is hostile: a raw escape sequence reaches the operator's terminal, a bidirectional override
makes one name look like another. Everything that enters from a registry, an engine or an image passes here once.
"""

from typing import Final

# C0 and C1 controls, DEL, and the characters that reorder or hide text (Unicode TR 36, 3.1): all of category Cf.
_CONTROLS: Final = [*range(0x20), *range(0x7F, 0xA0)]
_INVISIBLE: Final = [
    0x00AD, *range(0x0600, 0x0606), 0x061C, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x180E,
    *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), *range(0xD800, 0xE000), 0xFEFF,
    *range(0xFFF9, 0xFFFC), 0x110BD, 0x110CD, *range(0x13430, 0x13440), *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0080),
]  # fmt: skip
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_TABLE: Final = dict.fromkeys((*_CONTROLS, *_INVISIBLE), _REPLACEMENT) | {9: " ", 10: " ", 13: " "}


def clean(text: str, limit: int = 4096) -> str:
    """`text` on one line, with control, bidirectional and invisible characters made visible as U+FFFD.

    Tabs and line ends become spaces. Text longer than `limit` characters is cut and ends in an ellipsis.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():  # nearly all is: it needs no look-up by character
        return text
    cleaned = text[: limit + 1].translate(_TABLE)
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "…"

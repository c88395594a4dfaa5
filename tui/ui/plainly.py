"""The same text for terminals that show only ASCII: each sign becomes one plain character, so that nothing shifts."""

from typing import Final

from textual.content import Content

from tui.ui.glyphs import Glyphs

_PLAIN: Final = str.maketrans("▲→…·≠✓✗—█░│⟳", "^>~-D+X-#-|@")


def plainly(text: str, glyphs: Glyphs) -> str:
    """`text` as `glyphs` allow it."""
    return text.translate(_PLAIN) if glyphs.is_ascii else text


def plain_content(content: Content, glyphs: Glyphs) -> Content:
    """`content` as `glyphs` allow it, its styles where they were."""
    return Content(plainly(content.plain, glyphs), list(content.spans)) if glyphs.is_ascii else content

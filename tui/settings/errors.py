"""The error of this room: one sentence that says where the settings are wrong, why, and how to mend them."""

from collections.abc import Iterable

from tui.domain.text import clean


class SettingsError(Exception):
    """The settings cannot be used. `line` counts from 1; `key` is dotted. `line` and `key` may be unknown.

    `str()` is `FILE:LINE: KEY: SENTENCE; MEND`, with no secret in it.
    """

    def __init__(self, file: str, sentence: str, mend: str = "", *, line: int | None = None, key: str = "") -> None:
        self.file = file
        self.line = line
        self.key = key
        self.sentence = sentence
        self.mend = mend
        place = f"{file}:{line}" if line else file
        told = f"{sentence}; {mend}" if mend else sentence
        super().__init__(clean(": ".join(part for part in (place, key, told) if part)))


def nearest(word: str, right: Iterable[str]) -> str:
    """A question with the nearest right spelling of `word`, or the list of what is right."""
    from difflib import get_close_matches

    words = list(right)
    near = get_close_matches(word.lower(), words, 1)
    if near:
        return f"did you mean {near[0]}?"
    return f"there is {', '.join(words)}" if words else ""

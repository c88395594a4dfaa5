"""Masking: secrets that people leave in labels and environment variables are not shown, printed or exported.

What is masked is told by the variable's name, as most tools do it, and by credentials in a URL. A value that a name
does not give away cannot be known for a secret; so this is a courtesy, not a guard.
"""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "••••••"
"""Always this long, whatever it hides."""

_SECRET_NAME: Final = re.compile(
    r"pass(?:word|wd|phrase|code)?(?:$|[^a-z])|pwd(?:$|[^a-z])|passwd|password|secret|token|api[-_.]?key|access[-_.]?key"
    r"|private[-_.]?key|account[-_.]?key|shared[-_.]?key|signing[-_.]?key|encryption[-_.]?key|credential|connection[-_.]?str"
    r"|(?:^|[-_.])(?:sas|dsn|pat|jwt|auth)(?:$|[-_.])",
    re.IGNORECASE,
)
_USERINFO: Final = re.compile(r"(?<=://)[^/\s@]*:[^/\s]*(?=@)")
_SIGNATURE: Final = re.compile(r"(?<=[?&;])((?:sig|AccountKey|SharedAccessKey|Password|Pwd)=)[^&;\s]+", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """True where a variable or label of this name commonly holds a secret."""
    return _SECRET_NAME.search(name) is not None


def masked(name: str, value: str) -> str:
    """`value`, or the mask where `name` gives it away as a secret; credentials in a URL are masked in any value."""
    if value and is_secret(name):
        return MASK
    return _SIGNATURE.sub(rf"\1{MASK}", _USERINFO.sub(MASK, value))


def masked_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """`pairs` of name and value, masked."""
    return tuple((name, masked(name, value)) for name, value in pairs)


def masked_words(words: Iterable[str]) -> tuple[str, ...]:
    """A command's words, masked: `--password=x`, `--token x`, `postgres://user:x@host`."""
    result: list[str] = []
    is_value = False
    for word in words:
        name, separator, value = word.partition("=")
        result.append(
            MASK if is_value and word else f"{name}{separator}{masked(name, value)}" if separator else masked("", word)
        )
        is_value = not separator and word.startswith("-") and is_secret(word)
    return tuple(result)

"""Masking: secrets that people leave in labels, environment variables and commands are not shown, printed or exported.

What is masked is told by a name, as most tools do it: the variable's, or one inside the value (`--token x`, `Pwd=x;`,
`"password": "x"`); by credentials in a URL; and by the few shapes that only tokens have. A secret that nothing gives
away cannot be known for one; so this is a courtesy, not a guard. Where in doubt, a value is masked.
"""

import re
import shlex
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

MASK: Final = "••••••"
"""Always this long, whatever it hides."""

_BOUNDARY: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
"""Where a word of a name ends: `ConnectionStrings__Default`, `db.password`, `githubToken`."""
_SECRET: Final = re.compile(
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret|token|credential|cred"
    r"|(?:api|access|auth|private|secret|shared|account|storage|signing|encryption)key|conn(?:ection)?_?str(?:ing)?)s?\d*_"
    r"|(?<!by)(?<!com)pass\d*_(?:\d+_)?$"
    r"|_(?:sas|dsn|pat|jwt|otp|authorization)_|_auth_(?:config_)?$"
    r"|_(?:api|access|account|admin|aes|app|auth|client|deploy|encryption|fernet|hmac|jwt|license|master|private|root|rsa"
    r"|secret|service|session|shared|signing|ssh|ssl|storage|tls|webhook)_keys?_"
)
"""Looks at words in lower case, each with `_` before and after it."""
_USERINFO: Final = re.compile(r"(?<=://)(?!git@)[^/\s]+(?=@)")
"""All but the name that everybody gives to a Git server."""
_SHAPES: Final = re.compile(
    r"(?<![\w-])(?:gh[opsru]_\w{20,}+|github_pat_\w{20,}+|glpat-[\w-]{20,}+|xox[a-z]-[\w-]{10,}+|npm_\w{30,}+"
    r"|AKIA[0-9A-Z]{16}|eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]*+)|-----BEGIN [A-Z ]{0,40}?PRIVATE KEY.*"
)
_NAME: Final = re.compile(r"(?<![\w.-])([\w.-]++)\\?[\"']?\s*+[=:]\s*+")
_VALUE: Final = re.compile(r"(?:(?:bearer|basic|token)\s++)?(?:\"[^\"]*+\"?|'[^']*+'?|[^\s;&]++)", re.IGNORECASE)
_OPTION: Final = re.compile(r"(?<!\S)(--?[A-Za-z][\w-]*+)(\s++)(?!-)\S++")
_PARAMETER: Final = re.compile(r"(?<=[?&;])(sig=)[^&;\s]+", re.IGNORECASE)
"""The signature of a URL that grants access by itself (Azure's shared access signature)."""
_PLAIN_WORD: Final = re.compile(r"[\w@%+=:,./•\-]+")


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """True where a variable, label or option of this name commonly holds a secret."""
    return _SECRET.search(f"_{_BOUNDARY.sub('_', name).lower()}_") is not None


def masked(name: str, value: str) -> str:
    """`value`, or the mask where `name` gives it away as a secret; secrets inside any other value are masked there."""
    if value and is_secret(name):
        return MASK
    return masked_text(value)


def masked_text(text: str) -> str:
    """`text` with the secrets in it masked: assignments, options, credentials in URLs, tokens."""
    for pattern in (_USERINFO, _SHAPES):
        text = pattern.sub(MASK, text)
    text = _PARAMETER.sub(rf"\1{MASK}", text)
    return _OPTION.sub(_mask_option, _mask_assigned(text))


def masked_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """`pairs` of name and value, masked."""
    return tuple((name, masked(name, value)) for name, value in pairs)


def masked_words(words: Iterable[str]) -> tuple[str, ...]:
    """A command's words, masked: `--password=x`, `--token x`, `sh -c "export PASSWORD=x; run"`, `postgres://user:x@host`."""
    result: list[str] = []
    is_value = False
    for word in words:
        is_value = is_value and bool(word) and not word.startswith("--")
        result.append(MASK if is_value else _masked_word(word))
        is_value = word.startswith("-") and "=" not in word and is_secret(word)
    return tuple(result)


def masked_command(words: Iterable[str]) -> str:
    """A command's words, masked, as one would type them into a shell."""
    return " ".join(word if _PLAIN_WORD.fullmatch(word) else shlex.quote(word) for word in masked_words(words))


def _masked_word(word: str) -> str:
    """A word; of an assignment that gives itself away all is hidden, whatever characters it has."""
    name, separator, value = word.partition("=")
    is_assignment = bool(separator and value) and not re.search(r"\s", name)
    return f"{name}={MASK}" if is_assignment and is_secret(name) else masked_text(word)


def _mask_assigned(text: str) -> str:
    """Masks `name=value` and `name: value`. After a harmless name its value is looked at as well."""
    parts: list[str] = []
    at = 0
    for found in _NAME.finditer(text):
        if found.start() >= at and is_secret(found[1]) and (value := _VALUE.match(text, found.end())):
            parts += text[at : found.end()], MASK
            at = value.end()
    return "".join((*parts, text[at:]))


def _mask_option(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{MASK}" if is_secret(found[1]) else found[0]

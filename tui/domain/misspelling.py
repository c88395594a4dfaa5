"""What stands before a colon in the filter and is nearly, but not quite, something that can stand there."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def misspelt(text: str, environments: Sequence[str], others: Sequence[str], repositories: Iterable[str]) -> str:
    """What the word `text`, in lower case, may have been meant for, in a sentence.

    Empty where its beginning is one of `environments` or `others`, is near to none of them, or ends the name of one of
    `repositories`: with a tag behind it, that is a word like any other.
    """
    name, separator, value = text.partition(":")
    known = {environment.lower() for environment in environments}
    if not separator or not name or name in known or name in others:
        return ""
    near = get_close_matches(name, (*known, *others), 1)
    if not near or any(repository.lower().endswith(name) for repository in repositories):
        return ""
    meant = f"did you mean {near[0]}:{value}?"
    return f"no environment {name!r}; {meant}" if near[0] in known else meant

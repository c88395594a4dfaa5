"""What somebody may have meant who wrote a name that is not there."""

from collections.abc import Iterable
from difflib import get_close_matches


def alike(name: str, known: Iterable[str]) -> str:
    """A question with the nearest of `known`, to follow a sentence; empty where none is near.

    What a name ends with stands for the whole of it: `api` for `shop/api`.
    """
    names = sorted(known)
    near = [each for each in names if each.endswith(f"/{name}")] or get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else ""

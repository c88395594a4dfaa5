"""What images are called on screen: by environment where one is known, with long names cut in the middle."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from tui.domain import amounts
from tui.domain.environment import Environment, PromotionPath
from tui.domain.reference import Reference

_NAMED: Final = 5
"""Names that a sentence holds; with more it would not fit a low screen."""


def enumerated(names: Sequence[str]) -> str:
    """`a, b, c, d, e and 3 others`."""
    hidden = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {amounts.count(hidden, 'other')}" if hidden > 0 else "")


def name(reference: Reference, path: PromotionPath | None = None) -> str:
    """`prod/shop/api:1.14.2`; with the registry's host where no environment of `path` owns it. No digest."""
    environment = environment_of(reference, path)
    place = (
        f"{environment.title}/{reference.repository.removeprefix(environment.prefix)}"
        if environment
        else f"{reference.registry}/{reference.repository}"
    )
    return f"{place}:{reference.tag}" if reference.tag else f"{place}@{reference.digest}"


def environment_of(reference: Reference, path: PromotionPath | None) -> Environment | None:
    """The environment that `reference` lies in: of those that share its registry, the one with the longest prefix."""
    owners = [
        item
        for item in (path.environments if path else ())
        if item.registry == reference.registry and reference.repository.startswith(item.prefix)
    ]
    return max(owners, key=lambda item: len(item.prefix), default=None)


def cut_middle(text: str, width: int) -> str:
    """`text` in at most `width` cells; its middle gives way, since both ends of a name tell it apart."""
    if cell_len(text) <= width:
        return text
    if width < 3:
        return "…"[:width]
    front = (width - 1) // 2
    return f"{text[:front]}…{text[len(text) - (width - 1 - front) :]}"

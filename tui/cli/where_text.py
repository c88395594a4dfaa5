"""Where something is, as a table and as a JSON document: pure functions from values."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from tui.cli.aligned import aligned
from tui.cli.board_text import tag_text
from tui.domain.board import Board
from tui.domain.reference import Digest, Repository
from tui.domain.text import clean
from tui.domain.timestamps import format_timestamp
from tui.usecases.finding import Holding, Unidentified

_HEAD: Final = ("ENVIRONMENT", "REPOSITORY", "TAG", "DIGEST", "BUILD", "COMMIT")
_NOTHING: Final = "-"
_BUILD_WIDTH: Final = 24
_COMMIT_WIDTH: Final = 12


def sort_holdings(board: Board, holdings: Sequence[Holding]) -> tuple[Holding, ...]:
    """In path order, and within an environment in the board's."""
    places = {name: at for at, name in enumerate(board.path.names)}
    rows = {(row.repository, row.tag): at for at, row in enumerate(board.rows)}
    return tuple(sorted(holdings, key=lambda each: (places[each.environment], rows[each.repository, each.tag])))


def holding_lines(holdings: Sequence[Holding]) -> Iterator[str]:
    """A head and a line for each image, with all of its tags that stand next to one another in `holdings`."""
    groups = (tuple(group) for _, group in groupby(holdings, _image))
    return aligned((_HEAD, *(_cells(group) for group in groups)))


def _image(holding: Holding) -> tuple[str, Repository, Digest]:
    return holding.environment, holding.repository, holding.digest


def _cells(group: Sequence[Holding]) -> tuple[str, ...]:
    first = group[0]
    build, commit = (first.identity.build, first.identity.commit) if first.identity else ("", "")
    return (
        first.environment,
        first.repository,
        tag_text(first.tag, tuple(each.tag for each in group[1:])),
        first.digest.short,
        clean(build, _BUILD_WIDTH) or _NOTHING,
        commit[:_COMMIT_WIDTH] or _NOTHING,
    )


def holding_document(board: Board, holding: Holding) -> dict[str, Any]:
    """One tag that holds it; of build, commit and creation what is known."""
    identity = holding.identity
    row = board.find(holding.repository, holding.tag)
    entry = row.entries[board.path.names.index(holding.environment)] if row else None
    created = (entry.created if entry else None) or (identity.created if identity else None)
    known = {
        "commit": identity.commit if identity else "",
        "build": identity.build if identity else "",
        "created": format_timestamp(created) if created else "",
    }
    return {
        "environment": holding.environment,
        "repository": holding.repository,
        "tag": holding.tag,
        "digest": str(holding.digest),
        **{name: text for name, text in known.items() if text},
    }


def unidentified_document(image: Unidentified) -> dict[str, Any]:
    """An image whose origin could not be read."""
    return {
        "environment": image.environment,
        "repository": image.repository,
        "tag": image.tag,
        "operation": "read its origin",
        "detail": image.detail,
    }


def unidentified_sentence(image: Unidentified) -> str:
    """The same for people."""
    return f"{image.environment}: cannot read the origin of {image.repository}:{image.tag}: {image.detail}"

"""The JSON document of `compare`: pure functions from values to plain data. Schema 1; masked as the text is."""

from collections.abc import Iterable
from typing import Any

from tui.cli.schema import SCHEMA
from tui.domain.comparison import (
    Change,
    CompanionChange,
    Comparison,
    ImageSide,
    LayerChange,
    Moment,
    PlatformComparison,
)
from tui.domain.comparison_changes import identity_values
from tui.domain.timestamps import format_timestamp


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """All of a comparison. `same` is null where something could not be read that would tell."""
    sides = (comparison.left, comparison.right)
    return {
        "schema": SCHEMA,
        "left": _side(comparison.left),
        "right": _side(comparison.right),
        "same": _same(comparison),
        "created": _moments(comparison.created),
        "identity": {
            "left": _identity(comparison.left),
            "right": _identity(comparison.right),
        },
        "changes": _changes(comparison.changes),
        "platforms": [_platform(item) for item in comparison.platforms],
        "companions": [_companion(item) for item in comparison.companions],
        "unread": [{"environment": side.name, "detail": sentence} for side in sides for sentence in side.unread],
    }


def _same(comparison: Comparison) -> bool | None:
    """Whether they are; other digests are enough to tell that they are not."""
    if comparison.left.digest == comparison.right.digest and not comparison.is_complete:
        return None
    return comparison.is_same


def _side(side: ImageSide) -> dict[str, Any]:
    return {
        "environment": side.name,
        "reference": str(side.reference),
        "digest": str(side.digest),
        "media_type": side.root.media_type,
        "size": side.size,
    }


def _moments(created: Moment) -> dict[str, str | None]:
    moments = {"left": created.left, "right": created.right}
    return {name: format_timestamp(moment) if moment else None for name, moment in moments.items()}


def _identity(side: ImageSide) -> dict[str, str]:
    """What it says of its origin; what it does not say is left out."""
    return {name.replace(" ", "_"): value for name, value in identity_values(side.identity).items()}


def _changes(changes: Iterable[Change]) -> list[dict[str, str | None]]:
    return [
        {"field": item.field.replace(" ", "_"), "key": item.key, "left": item.left, "right": item.right}
        for item in changes
    ]


def _platform(item: PlatformComparison) -> dict[str, Any]:
    return {
        "platform": str(item.platform),
        "presence": item.presence.value,
        "left": str(item.left) if item.left else None,
        "right": str(item.right) if item.right else None,
        "layers": [_layer(layer) for layer in item.layers],
        "same_config": item.same_config,
        "changes": _changes(item.changes),
    }


def _layer(layer: LayerChange) -> dict[str, Any]:
    return {
        "digest": str(layer.digest),
        "size": layer.size,
        "presence": layer.presence.value,
        "same_content": layer.same_content,
        "place": layer.place,
    }


def _companion(change: CompanionChange) -> dict[str, Any]:
    companion = change.companion
    return {
        "presence": change.presence.value,
        "certain": change.is_certain,
        "kind": companion.kind.value.lower(),
        "digest": str(companion.digest),
        "media_type": companion.media_type,
        "found": companion.found,
        "platform": str(companion.subject) if companion.subject else None,
    }

"""The history of tags as a JSON document: pure functions from values to plain data."""

from collections.abc import Sequence
from typing import Any

from tui.cli.schema import SCHEMA
from tui.domain.environment import PromotionPath
from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.past import ChainCheck, Past
from tui.domain.timestamps import format_timestamp


def history_document(history: History, pasts: Sequence[Past], path: PromotionPath) -> dict[str, Any]:
    """Sightings, promotions and removals, each the newest first. A digest of null means that the tag was gone.

    `promotions` are those that landed, undos that put something back among them; `removals` are the undos that took a
    tag away; `attempts` are all, with the refused, failed and interrupted ones.
    """
    return {
        "schema": SCHEMA,
        "sightings": [_sighting(each) for each in reversed(history.sightings)],
        "promotions": [_promotion(each) for each in reversed(history.landings)],
        "removals": [_removal(each) for each in reversed(history.removals)],
        "attempts": [past_document(past, path) for past in pasts],
    }


def _sighting(sighting: Sighting) -> dict[str, Any]:
    return {
        "environment": sighting.environment,
        "repository": sighting.repository,
        "tag": sighting.tag,
        "digest": str(sighting.digest) if sighting.digest else None,
        "at": format_timestamp(sighting.at),
    }


def _promotion(landing: Landing) -> dict[str, Any]:
    return {
        "environment": landing.environment,
        "repository": landing.repository,
        "tag": landing.tag,
        "digest": str(landing.digest),
        "at": format_timestamp(landing.at),
        "promotion": landing.promotion,
        "source": landing.source,
        "replaced": str(landing.replaced) if landing.replaced else None,
        "occasion": landing.occasion or None,
        "by": landing.by or None,
    }


def _removal(removal: Removal) -> dict[str, Any]:
    return {
        "environment": removal.environment,
        "repository": removal.repository,
        "tag": removal.tag,
        "digest": str(removal.digest),
        "at": format_timestamp(removal.at),
        "promotion": removal.promotion,
        "occasion": removal.occasion or None,
        "by": removal.by or None,
    }


def past_document(past: Past, path: PromotionPath) -> dict[str, Any]:
    """A promotion, however it ended. What is not known is null."""
    owner = path.owner_of(past.target)
    return {
        "promotion": past.promotion,
        "outcome": past.outcome.value,
        "environment": owner[0].name if owner else None,
        "repository": owner[1] if owner else past.target.repository,
        "tag": past.target.tag,
        "digest": str(past.source.digest) if past.source.digest else None,
        "replaced": str(past.replaced) if past.replaced else None,
        "source": str(past.source),
        "target": str(past.target),
        "began": format_timestamp(past.began),
        "ended": format_timestamp(past.ended) if past.ended else None,
        "moved": past.moved,
        "untagged": past.untagged,
        "engine": past.engine or None,
        "occasion": past.occasion or None,
        "by": past.by or None,
        "detail": past.detail or None,
    }


def check_document(check: ChainCheck) -> dict[str, Any]:
    """Whether the journal is as it was written."""
    return {
        "schema": SCHEMA,
        "events": check.events,
        "head": check.head,
        "broken_at": check.broken_at,
        "finding": check.finding or None,
    }

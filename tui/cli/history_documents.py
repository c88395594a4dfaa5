"""The history of tags as a JSON document: pure functions from values to plain data."""

from typing import Any

from tui.cli.documents import SCHEMA
from tui.domain.history import History, Landing, Sighting
from tui.domain.timestamps import format_timestamp


def history_document(history: History) -> dict[str, Any]:
    """Sightings and promotions, each the newest first. A digest of null means that the tag was gone."""
    return {
        "schema": SCHEMA,
        "sightings": [_sighting(each) for each in reversed(history.sightings)],
        "promotions": [_promotion(each) for each in reversed(history.landings)],
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
    }

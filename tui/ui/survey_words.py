"""How far the surveys are, in words. Pure."""

from datetime import datetime, timedelta
from typing import Final

from tui.domain.timestamps import age
from tui.ui.survey_runner import SurveyRunner

_STALE: Final = timedelta(minutes=5)


def reading_text(surveys: SurveyRunner, now: datetime) -> str:
    """`reading 12/40` while everything is being read; else how long ago that was."""
    if surveys.is_reading:
        health = surveys.health.values()
        return f"reading {sum(item.landed for item in health)}/{sum(item.expected for item in health)}"
    return f"{age(surveys.read_at, now)} ago" if surveys.read_at else "not read yet"


def is_stale(surveys: SurveyRunner, now: datetime) -> bool:
    """True where what is shown was read so long ago that it may well be otherwise by now."""
    return not surveys.is_reading and surveys.read_at is not None and now - surveys.read_at >= _STALE


def again_text(surveys: SurveyRunner) -> str:
    """Which key reads again; empty while that is under way."""
    return "" if surveys.is_reading else "r reads again"


def why_empty(surveys: SurveyRunner) -> str:
    """Why there are no rows at all."""
    if surveys.is_reading:
        return "reading the registries…"
    if surveys.read_at is None:
        return "nothing could be read; the log says why, R reads again"
    failed = [environment for environment, item in surveys.health.items() if item.failure]
    return f"could not be read: {', '.join(failed)}; the log says why" if failed else "there are no tags here"

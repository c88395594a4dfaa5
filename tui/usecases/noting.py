"""Noting a promotion at its target, so that operators who share no journal see it."""

from collections.abc import AsyncGenerator
from typing import Final

from tui.domain.approval import approvals_among
from tui.domain.artifact import artifact
from tui.domain.events import Event, LineLogged, PromotionNoted, Step, StepStarted
from tui.domain.plan import Effect, Plan
from tui.domain.provenance import NOTE_TYPE, Note
from tui.ports.errors import WindlassError
from tui.usecases.attaching import attach
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools

_NOT_NOTED: Final = "the tag is right, but that is not noted at the target"


async def note_promotion(tools: Tools, plan: Plan, recording: Recording, by: str) -> AsyncGenerator[Event, None]:
    """Pushes the note of a promotion that wrote its tag. Where that fails a line says so, and nothing else happens.

    What the tag held already is not noted again, nor anything where the settings say `record = false`.
    """
    request = plan.request
    if not request.target.record or plan.effect is Effect.NOTHING:
        return
    yield StepStarted(Step.RECORD, f"note it beside {plan.target}")
    note = artifact(plan.root, NOTE_TYPE, note_of(plan, recording, by).annotations)
    try:
        await attach(tools, request.target, request.repository, note)
    except WindlassError as error:
        yield LineLogged(f"{_NOT_NOTED}: {error}")
        return
    yield PromotionNoted(note.digest)


def note_of(plan: Plan, recording: Recording, by: str) -> Note:
    """What is noted of `plan`, which was carried out now, by `by`."""
    request = plan.request
    return Note(
        recording.promotion,
        recording.clock(),
        by,
        request.source.name,
        request.target.name,
        str(plan.source),
        str(plan.target),
        plan.forecast.engine.value,
        plan.current.digest if plan.current else None,
        approvers_of(plan, by),
        request.occasion,
    )


def approvers_of(plan: Plan, by: str) -> tuple[str, ...]:
    """Who else approved of `plan`, each once, the first first."""
    request = plan.request
    place = f"{request.target.registry}/{request.target.locate(request.repository)}"
    given = approvals_among(plan.companions.of_root, place)
    return tuple(dict.fromkeys(approval.by for approval in given if approval.by != by))

"""Noting a promotion at its target, so that operators who share no journal see it."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Final

from tui.domain.approval import approvals_among, first_of_each, person_of
from tui.domain.artifact import artifact
from tui.domain.events import Event, LineLogged, PromotionNoted, Step, StepStarted
from tui.domain.plan import Effect, Plan
from tui.domain.provenance import NOTE_TYPE, Note
from tui.ports.errors import RegistryError, WindlassError
from tui.usecases.attaching import attach, bring_empty, is_brought
from tui.usecases.identity import own_names
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools

_NOT_NOTED: Final = "the tag is right, but that is not noted at the target"


def wants_preparing(tools: Tools, plan: Plan) -> bool:
    """True where a note will be written, and what it refers to is not known to be there."""
    return _is_noted(plan) and not is_brought(tools, plan.request.target, plan.request.repository)


async def prepare_note(tools: Tools, plan: Plan) -> None:
    """Brings what every note refers to, and is harmless without one: the note itself then takes one request.

    Where that fails nothing is lost: `note_promotion` tries again, and says why it cannot be noted.
    """
    with suppress(RegistryError):
        await bring_empty(tools, plan.request.target, plan.request.repository)


def _is_noted(plan: Plan) -> bool:
    """What the tag held already is not noted again, nor anything where the settings say `record = false`."""
    return plan.request.target.record and plan.effect is not Effect.NOTHING


async def note_promotion(tools: Tools, plan: Plan, recording: Recording, by: str) -> AsyncGenerator[Event, None]:
    """Pushes the note of a promotion that wrote its tag. Where that fails a line says so, and nothing else happens."""
    request = plan.request
    if not _is_noted(plan):
        return
    yield StepStarted(Step.RECORD, f"note it beside {plan.target}")
    approvers = await _approvers(tools, plan, by)
    note = artifact(plan.root, NOTE_TYPE, note_of(plan, recording, by, approvers).annotations)
    try:
        await attach(tools, request.target, request.repository, note)
    except WindlassError as error:
        yield LineLogged(f"{_NOT_NOTED}: {error}")
        return
    yield PromotionNoted(note.digest)


def note_of(plan: Plan, recording: Recording, by: str, approvers: tuple[str, ...]) -> Note:
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
        approvers,
        request.occasion,
    )


async def _approvers(tools: Tools, plan: Plan, by: str) -> tuple[str, ...]:
    """Who else approved of `plan`, each once, the first first. The one who promotes has a name at each registry."""
    request = plan.request
    place = f"{request.target.registry}/{request.target.locate(request.repository)}"
    given = first_of_each(approvals_among(plan.companions.of_root, place))
    own = {person_of(by)} | await own_names(tools) if given else set[str]()
    return tuple(approval.by for name, approval in given.items() if name not in own)

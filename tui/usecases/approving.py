"""Approving of a promotion: what would be approved, and the approval itself, pushed beside the image."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from tui.domain.approval import APPROVAL_TYPE, Approval, approvals_among, first_of_each, person_of
from tui.domain.artifact import artifact
from tui.domain.content import Descriptor, RawManifest
from tui.domain.environment import Environment
from tui.domain.events import (
    ApprovalGiven,
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    Recorded,
    Side,
    Step,
    StepStarted,
)
from tui.domain.reference import Reference, Repository, Tag
from tui.domain.timestamps import format_timestamp
from tui.ports.errors import RegistryError, WindlassError
from tui.usecases.attaching import attach
from tui.usecases.gates import READ_ONLY, WRITABLE_AGAIN
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools

_PAUSES: Final = (0.0, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each look whether the approval is there. Another client may yet write over the list that it is in,
where a registry leaves that list to its clients, so it has to be seen twice, with a pause between."""

_LOST: Final = (
    "it was pushed, and others who attach to the same image at this moment take it off the list again; approve again"
)


class CannotApprove(WindlassError):
    """It cannot be approved; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Approving:
    """What somebody would approve of: promoting `root`, which `source` holds under `tag`, to `target`.

    `by` is who the source's registry takes this client for; `given` are the approvals that are there already.
    """

    source: Environment
    target: Environment
    repository: Repository
    tag: Tag
    root: Descriptor
    by: str
    given: tuple[Approval, ...] = ()

    @property
    def subject(self) -> Reference:
        """The image, pinned by digest."""
        return self.source.reference(self.repository, self.tag, self.root.digest)

    @property
    def place(self) -> str:
        """Where it may then be promoted to, as `tui.domain.approval` spells it."""
        return f"{self.target.registry}/{self.target.locate(self.repository)}"


async def look_at_approval(
    tools: Tools, source: Environment, target: Environment, repository: Repository, tag: Tag
) -> Approving:
    """What would be approved, read now. Raises CannotApprove (nobody is logged in there), RegistryError."""
    _check_ends(tools, source, target)
    by = await _identity(tools, source)
    root = await tools.registries[source].resolve(source.locate(repository), tag)
    looked = Approving(source, target, repository, tag, root, by)
    return replace(looked, given=await _given(tools, looked))


def _check_ends(tools: Tools, source: Environment, target: Environment) -> None:
    if target == next(iter(tools.registries)):
        raise CannotApprove(
            f"{target.name} is the base, and images are built into it: name the environment that they are promoted to"
        )
    if source == target:
        raise CannotApprove(
            f"an approval for {target.name} is given where the image is promoted from: name another environment"
        )


async def _identity(tools: Tools, source: Environment) -> str:
    """Who the registry takes this client for. Raises CannotApprove where that is nobody."""
    mend = f"log in to {source.registry}, and see `auth` of {source.name} in the settings"
    try:
        by = await tools.registries[source].identity()
    except RegistryError as error:
        raise CannotApprove(f"{error}; an approval carries a name: {mend}") from error
    if not by:
        raise CannotApprove(f"{source.name} takes this client for nobody, and an approval carries a name: {mend}")
    return by


async def _given(tools: Tools, approving: Approving) -> tuple[Approval, ...]:
    """The approvals that are there now."""
    located = approving.source.locate(approving.repository)
    referrers = await tools.registries[approving.source].referrers(located, approving.root.digest)
    return approvals_among(referrers, approving.place)


async def approve(
    tools: Tools, approving: Approving, remark: str, forbidden: str = ""
) -> AsyncGenerator[Recorded, None]:
    """Pushes the approval and finds it again among the referrers. `forbidden` says why nothing may be written.

    The last event is ApprovalGiven, PromotionRefused or PromotionFailed. Raises JournalError.
    """
    target = approving.target.reference(approving.repository, approving.tag)
    recording = Recording(tools.journal, tools.clock, approving.subject, target)
    is_over = False
    try:
        async with aclosing(_events(tools, approving, remark, forbidden)) as events:
            async for event in events:
                yield await recording.record(event)
        is_over = True
    finally:
        if recording.is_under_way and not is_over:
            await recording.record(PromotionCancelled())


async def _events(tools: Tools, approving: Approving, remark: str, forbidden: str) -> AsyncGenerator[Event, None]:
    yield StepStarted(Step.APPROVE, f"{approving.subject} for {approving.target.name}")
    if refusal := _refusal(approving.source, forbidden):
        yield refusal
        return
    try:
        if own := first_of_each(await _given(tools, approving)).get(person_of(approving.by)):
            yield LineLogged(f"{own.by} approved of it already, at {format_timestamp(own.at)}: nothing to write")
            yield ApprovalGiven(own.artifact or approving.root.digest, own.by)
            return
        yield await _give(tools, approving, remark)
    except RegistryError as error:
        yield PromotionFailed(Step.APPROVE, Side.SOURCE, str(error))


def _refusal(source: Environment, forbidden: str) -> PromotionRefused | None:
    if forbidden:
        return PromotionRefused(READ_ONLY, forbidden, WRITABLE_AGAIN)
    if source.read_only:
        reason = f"an approval is written to {source.name}, which is read-only in the settings"
        return PromotionRefused(READ_ONLY, reason, "set read_only = false there")
    return None


async def _give(tools: Tools, approving: Approving, remark: str) -> Event:
    said = Approval(approving.by, approving.target.name, approving.place, tools.clock(), remark)
    raw = artifact(approving.root, APPROVAL_TYPE, said.annotations)
    if await _lasts(tools, approving, raw):
        return ApprovalGiven(raw.digest, approving.by)
    return PromotionFailed(Step.APPROVE, Side.SOURCE, _LOST)


async def _lasts(tools: Tools, approving: Approving, raw: RawManifest) -> bool:
    """Pushes `raw` until it is found among the referrers twice running; False where it is not."""
    await attach(tools, approving.source, approving.repository, raw)
    seen = 0
    for pause in _PAUSES:
        await asyncio.sleep(pause)
        if raw.digest in {item.artifact for item in await _given(tools, approving)}:
            seen += 1
        else:
            seen = 0
            await attach(tools, approving.source, approving.repository, raw)
        if seen == 2:
            return True
    return False

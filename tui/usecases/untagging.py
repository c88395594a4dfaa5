"""Taking away the tag that a promotion created, journalled like a promotion. The image stays, under its digest."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.environment import Environment
from tui.domain.events import (
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagRemoved,
)
from tui.domain.past import Past, undo_of
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.verdict import Consent, Verdict
from tui.ports.errors import RegistryError, TurnTaken, Unsupported
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import to_its_end
from tui.usecases.gates_untagging import judge_untagging
from tui.usecases.gates_writing import READ_ONLY, WRITABLE_AGAIN
from tui.usecases.identity import identity_at
from tui.usecases.locks import LockedTag
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools
from tui.usecases.unchanged import UNCHANGED

_GRACE: Final = 5.0
"""Seconds that a request which takes the tag away has to end in when the work is stopped."""
_PATIENCE: Final = 10.0
"""Seconds that the look at the tag may take after that."""


@dataclass(frozen=True, slots=True)
class Untagging:
    """A tag that holds `digest` and is to be taken away, as the promotion `past` created it; with what gates say."""

    past: Past
    environment: Environment
    repository: Repository
    tag: Tag
    digest: Digest
    verdicts: tuple[Verdict, ...]

    @property
    def reference(self) -> Reference:
        """The tag."""
        return self.environment.reference(self.repository, self.tag)

    @property
    def refusals(self) -> tuple[Verdict, ...]:
        """The gates that do not pass."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)

    @property
    def questions(self) -> tuple[Verdict, ...]:
        """The gates that pass for who says yes to them."""
        return tuple(verdict for verdict in self.verdicts if verdict.asks)

    @property
    def consent(self) -> Consent:
        """The yes of somebody who was shown it, whole."""
        return Consent(frozenset(verdict.gate for verdict in self.questions))


async def look_at_untagging(
    tools: Tools, past: Past, place: tuple[Environment, Repository, Tag], digest: Digest
) -> Untagging:
    """What undoing `past` would take away, with what the gates say of that."""
    return Untagging(past, *place, digest, await judge_untagging(tools, LockedTag(*place)))


async def untag(
    tools: Tools, untagging: Untagging, consent: Consent, forbidden: str = ""
) -> AsyncGenerator[Recorded, None]:
    """Takes the tag away, if it still holds what it did; the last event is an ending. Raises JournalError.

    `forbidden` says why nothing may be written in this session; empty where it may.
    The tag is looked for afterwards, and so is its manifest: it is to stay.
    """
    run = _Run(tools, untagging, consent, forbidden)
    try:
        async with aclosing(run.events()) as events:
            async for event in events:
                yield await run.record(event)
    finally:
        if run.recording.is_under_way:
            await run.record_stop()


class _Run:
    """One untagging under way: how far it came, and what was journalled of it."""

    def __init__(self, tools: Tools, untagging: Untagging, consent: Consent, forbidden: str) -> None:
        wanted, environment = untagging, untagging.environment
        self._tools = tools
        self._wanted = wanted
        self._consent = consent
        self._forbidden = forbidden
        self._registry = tools.registries[environment]
        self._place = environment.locate(wanted.repository)
        source = environment.reference(wanted.repository, wanted.tag, wanted.digest)
        self.recording = Recording(tools.journal, tools.clock, source, wanted.reference)
        self._is_writing = False
        self._by = ""

    async def record(self, event: Event) -> Recorded:
        """Journals `event`, to the end even if this is cancelled meanwhile."""
        self._is_writing = self._is_writing and not isinstance(event, TagRemoved)
        return await self.recording.record(event)

    async def record_stop(self) -> None:
        """Journals that it was stopped, and before that that the tag is gone all the same, where it is."""
        with suppress(RegistryError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                is_gone = await self._is_gone_unannounced()
            if is_gone:
                await self.record(self._removed())
        await self.record(PromotionCancelled())

    async def events(self) -> AsyncGenerator[Event, None]:
        """Everything that happens, the ending last."""
        started = self._tools.clock()
        yield StepStarted(Step.UNTAG, f"{self._wanted.reference}, to undo {self._wanted.past.promotion}")
        self._by = await identity_at(self._tools, self._wanted.environment)
        try:
            if refusal := await self._remove():
                yield replace(refusal, by=self._by)
                return
        except TurnTaken as error:
            yield PromotionFailed(Step.UNTAG, Side.TARGET, str(error))
            return
        except RegistryError as error:
            if not await self._is_gone_after_failure():
                yield _failure(error)
                return
            yield LineLogged(f"the tag is gone although it was answered otherwise: {error}")
        yield self._removed()
        async with aclosing(self._look()) as looked:
            async for event in looked:
                yield event
                if isinstance(event, PromotionFailed):
                    return
        yield PromotionSucceeded((self._tools.clock() - started).total_seconds())

    async def _remove(self) -> PromotionRefused | None:
        """Takes the tag away, unless something forbids it at this moment. Raises RegistryError."""
        if self._forbidden:
            return PromotionRefused(READ_ONLY, self._forbidden, WRITABLE_AGAIN)
        async with self._tools.journal.holding(self._wanted.reference):
            if refusal := await self._refusal():
                return refusal
            self._is_writing = True
            await to_its_end(self._registry.untag(self._place, self._wanted.tag), _GRACE)
        return None

    async def _refusal(self) -> PromotionRefused | None:
        """What forbids it now: a gate, or that the tag holds something else."""
        wanted = self._wanted
        verdicts = await judge_untagging(self._tools, LockedTag(wanted.environment, wanted.repository, wanted.tag))
        for verdict in (*wanted.refusals, *verdicts):
            if not self._consent.covers(verdict):
                return PromotionRefused(verdict.gate, verdict.reason, verdict.remedy)
        held = await resolve_or_none(self._registry, self._place, wanted.tag)
        if held is None or held.digest != wanted.digest:
            now = held.digest if held else "missing"
            reason = f"{wanted.reference} moved: it held {wanted.digest}, now it is {now}; nothing was written"
            return PromotionRefused(UNCHANGED, reason, "look again")
        return None

    async def _look(self) -> AsyncGenerator[Event, None]:
        """That the tag is gone, and the image is not."""
        wanted = self._wanted
        yield StepStarted(Step.VERIFY, f"{wanted.reference} is gone, {wanted.digest} is there")
        try:
            held = await resolve_or_none(self._registry, self._place, wanted.tag)
            image = await resolve_or_none(self._registry, self._place, wanted.digest)
        except RegistryError as error:
            yield PromotionFailed(Step.VERIFY, Side.TARGET, f"taken away, but not looked at since: {error}")
        else:
            for event in self._found(held, image):
                yield event

    def _found(self, held: Descriptor | None, image: Descriptor | None) -> Iterator[Event]:
        """What is wrong with what the tag and the digest now are; nothing where all is well."""
        wanted = self._wanted
        if held is not None:
            cause = f"MISMATCH: {wanted.reference} was taken away, and yet holds {held.digest}"
            yield PromotionFailed(Step.VERIFY, Side.TARGET, cause)
        elif image is None:
            told = "promote it again from where it came from, if anybody still needs it"
            yield LineLogged(f"THE IMAGE IS GONE AS WELL: the registry deleted {wanted.digest} with its tag; {told}")

    def _removed(self) -> TagRemoved:
        return TagRemoved(self._wanted.digest, undo_of(self._wanted.past.promotion), self._by)

    async def _is_gone_after_failure(self) -> bool:
        try:
            return await self._is_gone_unannounced()
        except RegistryError:
            return False

    async def _is_gone_unannounced(self) -> bool:
        """True where the tag is gone, this may have taken it away, and did not say so."""
        return self._is_writing and await resolve_or_none(self._registry, self._place, self._wanted.tag) is None


def _failure(error: RegistryError) -> PromotionFailed:
    """Why the tag stays; where its registry cannot take one away, what remains to do."""
    if not isinstance(error, Unsupported):
        return PromotionFailed(Step.UNTAG, Side.TARGET, str(error))
    remains = "the tag stays: delete it by hand in the registry's own portal, or promote another image to it"
    return PromotionFailed(Step.UNTAG, Side.TARGET, f"{error}; {remains}")

"""Undo: what a promotion replaced is put back, or the tag that it created is taken away; or a sentence says why not."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeJournal
from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.content import Descriptor
from tui.domain.environment import EngineName, Environment, GateRules
from tui.domain.events import (
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
    TagLocked,
    TagMoved,
    TagRemoved,
)
from tui.domain.past import Outcome, Past
from tui.domain.plan import Request
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.verdict import Consent
from tui.journal.sqlite import SqliteJournal
from tui.journal.turns import Turns
from tui.ports.errors import JournalError, Unreachable, Unsupported
from tui.registry.client import RegistryClient
from tui.usecases.gates_untagging import UNTAG
from tui.usecases.undoing import CannotUndo, Untagging

IMAGE = "shop/api:1.0.0"
API, TAG = Repository("shop/api"), Tag("1.0.0")
OLD, NEW = picture(1), picture(2)
KEEPING = [
    (Environment("dev", "dev", read_only=True), "read-only"),
    (Environment("dev", "dev", gates=GateRules(overwrites=False)), "overwrite"),
]


@asynccontextmanager
async def promoted(tmp_path: Path, to: str = "dev", *, over: bool = True) -> AsyncGenerator[Lab, None]:
    """NEW was promoted to `to`, over OLD or where nothing was."""
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", NEW)
        if over:
            lab.push(to, "shop/api", "1.0.0", OLD)
        assert isinstance((await lab.promote(await lab.bench.plan(lab.request(IMAGE, to))))[-1], PromotionSucceeded)
        yield lab


async def undo(lab: Lab, promotion: str = "") -> list[Event]:
    """Undoes what is to be put back; all events."""
    request = await lab.bench.undoing(promotion)
    assert isinstance(request, Request)
    return await lab.promote(await lab.bench.plan(request))


async def to_untag(lab: Lab, promotion: str = "") -> Untagging:
    found = await lab.bench.undoing(promotion)
    assert isinstance(found, Untagging)
    return found


async def untag(lab: Lab, consent: Consent | None = None) -> list[Event]:
    wanted = await to_untag(lab)
    return [record.event async for record in lab.bench.untag(wanted, wanted.consent if consent is None else consent)]


async def ids(lab: Lab) -> list[str]:
    return [past.promotion for past in await lab.bench.promotions()]


async def test_what_was_replaced_is_put_back_without_moving_a_byte(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (promotion,) = await ids(lab)
        request = await lab.bench.undoing()
        dev = lab.environment("dev")
        wanted = Request(dev, dev, API, TAG, TAG, EngineName.DIRECT, pinned=OLD.digest, occasion=f"undo {promotion}")
        assert request == wanted
        plan = await lab.bench.plan(wanted)
        assert (plan.transfer.bytes, plan.command) == (0, f"windlass undo {promotion}")
        assert isinstance((await lab.promote(plan))[-1], PromotionSucceeded)
        assert await lab.held("dev", IMAGE) == OLD.digest
        assert (await lab.bench.promotions(1))[0].occasion == f"undo {promotion}"


async def test_an_undo_can_be_undone_by_its_id(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        for held in (OLD, NEW, OLD):
            await undo(lab, await last_id(lab))
            assert await lab.held("dev", IMAGE) == held.digest


async def test_asked_again_it_goes_further_back_and_never_forward(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        newest = lab.push("base", "shop/api", "1.0.0", picture(30))
        await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        assert await lab.held("dev", IMAGE) == newest.digest
        for held in (NEW, OLD):
            await undo(lab)
            assert await lab.held("dev", IMAGE) == held.digest
        with pytest.raises(CannotUndo, match="there is nothing to undo"):
            await undo(lab)


async def test_what_an_undone_undo_had_undone_is_the_last_again(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        await undo(lab)
        await undo(lab, await last_id(lab))
        assert await lab.held("dev", IMAGE) == NEW.digest
        await undo(lab)
        assert await lab.held("dev", IMAGE) == OLD.digest


async def last_id(lab: Lab) -> str:
    return (await lab.bench.promotions(1))[0].promotion


def ruled(lab: Lab, rules: Environment) -> Environment:
    """From now on dev has the rules of `rules`."""
    dev = lab.environment("dev")
    strict = replace(rules, registry=dev.registry)
    lab.bench.tools = replace(
        lab.tools, registries={strict if item == dev else item: client for item, client in lab.tools.registries.items()}
    )
    lab.bench.path = replace(
        lab.bench.path, environments=tuple(strict if item == dev else item for item in lab.bench.path.environments)
    )
    return strict


async def test_an_undo_asks_for_no_admission(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        ruled(lab, Environment("dev", "dev", gates=GateRules(tags="never", signed=True, approvals=1)))
        request = await lab.bench.undoing()
        assert isinstance(request, Request)
        assert (await lab.bench.plan(request)).refusals == ()


@pytest.mark.parametrize(("rules", "gate"), KEEPING)
async def test_an_undo_obeys_what_the_target_says_of_writing(tmp_path: Path, rules: Environment, gate: str) -> None:
    async with promoted(tmp_path) as lab:
        ruled(lab, rules)
        request = await lab.bench.undoing()
        assert isinstance(request, Request)
        assert [verdict.gate for verdict in (await lab.bench.plan(request)).refusals] == [gate]


async def test_what_was_replaced_and_is_there_no_more_cannot_be_planned(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        request = await lab.bench.undoing()
        assert isinstance(request, Request)
        lab.registries["dev"].store.delete_manifest(API, OLD.digest)
        with pytest.raises(Exception, match="no longer has"):
            await lab.bench.plan(request)


async def test_a_tag_that_was_created_is_taken_away_and_its_image_stays(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        (promotion,) = await ids(lab)
        events = await untag(lab)
        assert [type(event) for event in events] == [StepStarted, TagRemoved, StepStarted, PromotionSucceeded]
        assert events[1] == TagRemoved(NEW.digest, f"undo {promotion}")
        assert await lab.held("dev", IMAGE) is None
        assert lab.registries["dev"].store.manifest(API, NEW.digest)
        past = (await lab.bench.promotions())[0]
        assert (past.untagged, past.outcome, past.replaced) == (True, Outcome.SUCCEEDED, NEW.digest)


async def test_a_tag_that_was_taken_away_is_put_back_by_another_undo(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        await untag(lab)
        await undo(lab, await last_id(lab))
        assert await lab.held("dev", IMAGE) == NEW.digest


async def test_a_protected_environment_asks_and_a_tag_that_goes_always_does(tmp_path: Path) -> None:
    async with promoted(tmp_path, "prod", over=False) as lab:
        wanted = await to_untag(lab)
        assert [verdict.gate for verdict in wanted.verdicts if verdict.asks] == ["protected", UNTAG]
        for consent in (Consent(), Consent(frozenset({UNTAG}))):
            assert isinstance((await untag(lab, consent))[-1], PromotionRefused)
        assert await lab.held("prod", IMAGE) == NEW.digest


async def test_a_read_only_session_takes_nothing_away(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        lab.bench.read_only = True
        ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionRefused)
        assert ending.gate == "read-only"
        assert await lab.held("dev", IMAGE) == NEW.digest


@pytest.mark.parametrize(("rules", "gate"), KEEPING)
async def test_an_environment_that_keeps_its_tags_refuses(tmp_path: Path, rules: Environment, gate: str) -> None:
    async with promoted(tmp_path, over=False) as lab:
        ruled(lab, rules)
        assert [verdict.gate for verdict in (await to_untag(lab)).refusals] == [gate]
        ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionRefused)
        assert ending.gate == gate


async def test_a_tag_that_moves_after_the_question_is_left_alone(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        wanted = await to_untag(lab)
        lab.push("dev", "shop/api", "1.0.0", OLD)
        ending = [record.event async for record in lab.bench.untag(wanted, wanted.consent)][-1]
        assert isinstance(ending, PromotionRefused)
        assert str(OLD.digest) in ending.reason
        assert await lab.held("dev", IMAGE) == OLD.digest


class Odd(RegistryClient):
    """A registry that does something else when a tag is to be taken away."""

    error: Unsupported | Unreachable | None = None
    does = "nothing"
    is_silent = False
    done: asyncio.Event

    async def untag(self, repository: Repository, tag: Tag) -> None:
        if self.does.startswith("it"):
            await super().untag(repository, tag)
        self.is_silent = self.does.endswith("falls silent")
        self.done.set()
        if self.does.endswith("waits"):
            await asyncio.Event().wait()
        if self.error:
            raise self.error

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        if self.is_silent:
            raise Unreachable("resolve", "dev", "no answer")
        return await super().resolve(repository, reference)


def oddly(lab: Lab, does: str, error: Unsupported | Unreachable | None = None) -> Odd:
    """From now on dev's registry is odd."""
    client = lab.tools.registries[lab.environment("dev")]
    assert isinstance(client, RegistryClient)
    client.__class__ = Odd
    assert isinstance(client, Odd)
    client.does, client.error, client.done = does, error, asyncio.Event()
    return client


async def drain(records: AsyncGenerator[Recorded, None]) -> None:
    async with aclosing(records):
        async for _ in records:
            pass


async def test_a_registry_that_cannot_says_what_remains(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        oddly(lab, "nothing", Unsupported("take the tag away", "dev", "it answers 405"))
        ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionFailed)
        assert "by hand" in ending.cause
        assert (await lab.bench.promotions(1))[0].outcome is Outcome.FAILED


async def test_a_tag_that_stays_although_it_was_taken_away_is_a_mismatch(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        oddly(lab, "nothing")
        ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionFailed)
        assert (ending.operation, ending.cause[:8]) == (Step.VERIFY, "MISMATCH")


async def test_a_tag_that_goes_although_the_answer_was_lost_is_told(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        oddly(lab, "it", Unreachable("take the tag away", "dev", "cut off"))
        events = await untag(lab)
        assert TagRemoved in [type(event) for event in events]
        assert isinstance(events[-1], PromotionSucceeded)


async def test_an_image_that_went_with_its_tag_is_told_loudly(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        wanted, events = await to_untag(lab), list[Event]()
        async for record in lab.bench.untag(wanted, wanted.consent):
            events.append(record.event)
            if isinstance(record.event, TagRemoved):
                lab.registries["dev"].store.delete_manifest(API, NEW.digest)
        lines = [event.text for event in events if isinstance(event, LineLogged)]
        assert any(line.startswith("THE IMAGE IS GONE AS WELL") for line in lines)


async def test_what_is_stopped_is_journalled_with_what_became_of_the_tag(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        wanted = await to_untag(lab)
        records = lab.bench.untag(wanted, wanted.consent)
        first = await anext(records)
        await records.aclose()
        told = [type(record.event).__name__ for record in await lab.bench.promotion(first.promotion)]
        assert told == ["StepStarted", "PromotionCancelled"]
        assert await lab.held("dev", IMAGE) == NEW.digest


async def test_a_tag_that_went_before_it_was_stopped_is_told(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        wanted = await to_untag(lab)
        client = oddly(lab, "it and waits")
        work = asyncio.create_task(drain(lab.bench.untag(wanted, wanted.consent)))
        await client.done.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        (past, _) = await lab.bench.promotions()
        assert (past.outcome, past.moved) == (Outcome.CANCELLED, True)
        told = [type(record.event) for record in await lab.bench.promotion(past.promotion)]
        assert told == [StepStarted, TagRemoved, PromotionCancelled]


async def test_what_could_not_be_recorded_as_begun_is_not_recorded_as_stopped(tmp_path: Path) -> None:
    tried: list[Recorded] = []

    async def record(event: Recorded) -> None:
        tried.append(event)
        raise JournalError("another program keeps it")

    async with promoted(tmp_path, over=False) as lab:
        wanted = await to_untag(lab)
        lab.tools.journal.record = record  # type: ignore[method-assign]
        with pytest.raises(JournalError):
            await drain(lab.bench.untag(wanted, wanted.consent))
    assert [type(record.event) for record in tried] == [StepStarted]


async def test_a_tag_that_another_process_keeps_is_a_failure_that_says_so(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        wanted, turns = await to_untag(lab), Turns(tmp_path / "turns", patience=0.1)
        lab.tools.journal.holding = turns.holding  # type: ignore[method-assign]
        async with turns.holding(wanted.reference):
            ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionFailed)
        assert "still being written" in ending.cause


async def test_a_request_under_way_ends_before_the_stop_is_told(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        wanted, served = await to_untag(lab), list[asyncio.Future[None]]()
        client = oddly(lab, "it")
        is_asked, may_end = asyncio.Event(), asyncio.Event()

        async def serve(repository: Repository, tag: Tag) -> None:
            await may_end.wait()
            await RegistryClient.untag(client, repository, tag)

        async def untag_late(repository: Repository, tag: Tag) -> None:
            """The registry has the request: it goes on, whether somebody waits for its answer or not."""
            served.append(asyncio.ensure_future(serve(repository, tag)))
            is_asked.set()
            await asyncio.shield(served[0])

        client.untag = untag_late  # type: ignore[method-assign]
        work = asyncio.create_task(drain(lab.bench.untag(wanted, wanted.consent)))
        await is_asked.wait()
        work.cancel()
        await asyncio.wait({work}, timeout=0.2)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await work
        await served[0]
        (past, _) = await lab.bench.promotions()
        assert past.moved


async def test_a_registry_that_fails_keeps_the_tag_and_says_why(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        oddly(lab, "nothing", Unreachable("take the tag away", "dev", "cut off"))
        ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionFailed)
        assert (ending.operation, ending.cause) == (Step.UNTAG, "dev: cannot take the tag away: cut off")


async def test_a_registry_that_fails_for_good_is_not_asked_whether_the_tag_is_there(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        oddly(lab, "nothing and falls silent", Unreachable("take the tag away", "dev", "cut off"))
        ending = (await untag(lab))[-1]
        assert isinstance(ending, PromotionFailed)
        assert ending.operation == Step.UNTAG


async def test_a_tag_that_went_and_cannot_be_looked_for_is_no_success(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        oddly(lab, "it and falls silent")
        events = await untag(lab)
        assert TagRemoved in [type(event) for event in events]
        assert isinstance(events[-1], PromotionFailed)
        assert "not looked at since" in events[-1].cause


# -- what cannot be undone ---------------------------------------------------------------------------------------------


async def reason(lab: Lab, promotion: str = "") -> str:
    with pytest.raises(CannotUndo) as caught:
        await lab.bench.undoing(promotion)
    return str(caught.value)


async def test_there_is_nothing_to_undo(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        assert "nothing to undo" in await reason(lab)


async def test_an_id_that_nobody_has(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        assert "begins with zz" in await reason(lab, "zz")


async def begin(lab: Lab, promotion: str, *events: Event, target: str = "dev") -> None:
    """Records `events` of a promotion by a process that is gone before they end."""
    source, to = (lab.environment(name) for name in ("base", target))
    journal = SqliteJournal(lab.journal_file, {"base": f"{source.registry}/", target: f"{to.registry}/"})
    for event in (PromotionStarted("direct", None, 1), *events):
        at = (source.reference(API, TAG, NEW.digest), to.reference(API, TAG))
        await journal.record(Recorded(promotion, NOW, *at, event))
    await journal.close()


async def test_an_id_that_several_begin_with(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for name in ("ab01", "ab02"):
            await begin(lab, name)
        assert "ab02, ab01" in await reason(lab, "ab")


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([PromotionRefused("signed", "no signature")], "was refused (signed: no signature)"),
        ([TagMoved(NEW.digest, NEW.digest), PromotionSucceeded(1)], "found the tag as it was to be"),
        ([], "`windlass resume ab01`"),
    ],
)
async def test_what_wrote_nothing(tmp_path: Path, events: list[Event], told: str) -> None:
    async with laboratory(tmp_path) as lab:
        await begin(lab, "ab01", *events)
        assert told in await reason(lab, "ab01")


async def test_what_is_running(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        dev = lab.environment("dev")
        for event in (PromotionStarted("direct", None, 1), TagMoved(None, NEW.digest)):
            await lab.tools.journal.record(
                Recorded("ab01", NOW, dev.reference(API, TAG, NEW.digest), dev.reference(API, TAG), event)
            )
        assert "still running" in await reason(lab)


async def test_what_is_no_promotion(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        tag = lab.environment("dev").reference(API, TAG)
        await lab.tools.journal.record(Recorded("ab01", NOW, tag, tag, StepStarted(Step.LOCK)))
        await lab.tools.journal.record(Recorded("ab01", NOW, tag, tag, TagLocked(NEW.digest)))
        assert "is no promotion" in await reason(lab, "ab01")


async def test_what_went_to_an_environment_that_is_not_in_these_settings(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (promotion,) = await ids(lab)
        left = tuple(item for item in lab.bench.path.environments if item.name != "dev")
        path = replace(lab.bench.path, environments=left)
        places = {item.name: f"{item.registry}/" for item in path.environments}
        journal = SqliteJournal(lab.journal_file, places)
        lab.bench.path, lab.bench.tools = path, replace(lab.tools, journal=journal)
        assert "in none of the environments" in await reason(lab, promotion)
        assert "nothing to undo" in await reason(lab)
        await journal.close()


async def test_a_tag_that_somebody_moved_since_is_left_alone_even_if_it_is_named(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (promotion,) = await ids(lab)
        other = lab.push("dev", "shop/api", "1.0.0", picture(3))
        for name in ("", promotion):
            told = await reason(lab, name)
            assert str(other.digest) in told
            assert "not by a promotion of this journal's" in told


async def test_a_tag_that_a_later_promotion_moved_names_that(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (first,) = await ids(lab)
        lab.push("base", "shop/api", "1.0.0", picture(3))
        await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        later = (await ids(lab))[0]
        assert f"`windlass undo {later}` undoes that first" in await reason(lab, first)


async def test_what_was_undone_already(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (promotion,) = await ids(lab)
        await undo(lab)
        assert "nothing to undo" in await reason(lab, promotion)


@pytest.mark.parametrize(
    ("host", "told"), [("elsewhere.example", "in none of the environments"), ("", "took nothing away")]
)
async def test_what_the_journal_tells_and_cannot_be_undone(tmp_path: Path, host: str, told: str) -> None:
    async with laboratory(tmp_path) as lab:
        place = Reference(host or lab.environment("dev").registry, API, TAG)
        past = Past("ab01", NOW, place, place, Outcome.SUCCEEDED, moved=True, untagged=True)
        lab.bench.tools = replace(lab.tools, journal=FakeJournal(promoted=[past]))
        assert told in await reason(lab)

"""Telling hooks of a promotion: all at once, nobody else delayed, and nothing undone where they cannot be told."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.environment import Environment
from tui.domain.events import HookAnswered, HookFailed, PromotionSucceeded, Step, StepStarted
from tui.domain.hooks import Hook, HookCommand, Webhook
from tui.domain.notification import Notification
from tui.domain.plan import consent_to
from tui.ports.errors import HookError

HERALD, DEPLOY = Webhook("https://hooks.example/T0/secret"), HookCommand(("deploy", "now"))
PATH = (
    Environment("base", "base"),
    Environment("dev", "dev", notify=(HERALD, DEPLOY)),
    Environment("prod", "prod", notify=(HERALD,)),
)


async def well(hook: Hook, notification: Notification) -> str:
    return f"200 for {notification.environment}"


@dataclass(slots=True)
class Herald:
    """A notifier that keeps what it was to tell, and answers as `answer` does."""

    answer: Callable[[Hook, Notification], Awaitable[str]] = well
    told: list[tuple[Hook, Notification]] = field(default_factory=list[tuple[Hook, Notification]])

    async def tell(self, hook: Hook, notification: Notification) -> str:
        self.told.append((hook, notification))
        return await self.answer(hook, notification)


@asynccontextmanager
async def town(tmp_path: Path, herald: Herald) -> AsyncGenerator[Lab, None]:
    async with laboratory(tmp_path, PATH) as lab:
        lab.tools = replace(lab.tools, notifier=herald)
        lab.bench.tools = lab.tools
        lab.push("base", "shop/api", "1.0", picture())
        yield lab


async def test_every_hook_is_told_and_its_answer_is_an_event(tmp_path: Path) -> None:
    herald = Herald()
    async with town(tmp_path, herald) as lab:
        plan = await lab.bench.plan(lab.request("shop/api:1.0", "dev"))
        records = [record async for record in lab.promoting(plan)]
    events = [record.event for record in records]
    started = events.index(StepStarted(Step.NOTIFY, "2 hooks"))
    assert set(events[started + 1 : -1]) == {
        HookAnswered("webhook https://hooks.example", "200 for dev"),
        HookAnswered("command deploy", "200 for dev"),
    }
    assert isinstance(events[-1], PromotionSucceeded)
    assert {hook for hook, _ in herald.told} == {HERALD, DEPLOY}


async def test_they_are_told_what_the_target_now_holds(tmp_path: Path) -> None:
    herald = Herald()
    async with town(tmp_path, herald) as lab:
        old = lab.push("dev", "shop/api", "1.0", picture(2))
        plan = await lab.bench.plan(lab.request("shop/api:1.0", "dev"))
        records = [record async for record in lab.promoting(plan)]
    (_, notification), _ = herald.told
    assert notification == Notification(
        promotion=records[0].promotion,
        at=NOW,
        environment="dev",
        origin="base",
        source=plan.source,
        target=plan.target,
        digest=plan.digest,
        media_type=plan.root.media_type,
        size=plan.root.size,
        engine="direct",
        replaced=old.digest,
    )


async def test_who_cannot_be_told_undoes_nothing(tmp_path: Path) -> None:
    async def badly(hook: Hook, notification: Notification) -> str:
        raise HookError("it answered 500 Internal Server Error")

    async with town(tmp_path, Herald(badly)) as lab:
        plan = await lab.bench.plan(lab.request("shop/api:1.0", "prod"))
        events = await lab.promote(plan)
        assert await lab.held("prod", "shop/api:1.0") == plan.digest
    assert HookFailed("webhook https://hooks.example", "it answered 500 Internal Server Error") in events
    assert isinstance(events[-1], PromotionSucceeded)


async def test_what_was_there_already_is_told_to_nobody(tmp_path: Path) -> None:
    herald = Herald()
    async with town(tmp_path, herald) as lab:
        lab.push("dev", "shop/api", "1.0", picture())
        events = await lab.promote(await lab.bench.plan(lab.request("shop/api:1.0", "dev")))
    assert isinstance(events[-1], PromotionSucceeded)
    assert not herald.told
    assert not [event for event in events if isinstance(event, StepStarted) and event.step is Step.NOTIFY]


async def test_all_hooks_are_told_at_once(tmp_path: Path) -> None:
    both = asyncio.Barrier(2)

    async def together(hook: Hook, notification: Notification) -> str:
        async with asyncio.timeout(20):
            await both.wait()
        return "met"

    async with town(tmp_path, Herald(together)) as lab:
        events = await lab.promote(await lab.bench.plan(lab.request("shop/api:1.0", "dev")))
    assert len([event for event in events if event in {HookAnswered(h.title, "met") for h in (HERALD, DEPLOY)}]) == 2


async def test_answers_are_told_as_they_come(tmp_path: Path) -> None:
    heard = asyncio.Event()

    async def slowly(hook: Hook, notification: Notification) -> str:
        if hook == DEPLOY:
            async with asyncio.timeout(20):
                await heard.wait()
        return "told"

    async with town(tmp_path, Herald(slowly)) as lab:
        plan = await lab.bench.plan(lab.request("shop/api:1.0", "dev"))
        answers: list[str] = []
        async for record in lab.promoting(plan):
            if isinstance(record.event, HookAnswered):
                answers.append(record.event.hook)
                heard.set()
    assert answers == ["webhook https://hooks.example", "command deploy"]


async def test_slow_hooks_of_one_promotion_delay_no_other(tmp_path: Path) -> None:
    done = asyncio.Event()

    async def slowly(hook: Hook, notification: Notification) -> str:
        if notification.environment == "dev":
            async with asyncio.timeout(20):
                await done.wait()
        return "told"

    async with town(tmp_path, Herald(slowly)) as lab:
        plans = [await lab.bench.plan(lab.request("shop/api:1.0", name)) for name in ("dev", "prod")]
        endings: list[str] = []
        async for record in lab.bench.promote_all(plans, consent_to(plans)):
            if isinstance(record.event, PromotionSucceeded):
                endings.append(record.target.registry)
                done.set()
    assert endings == [plan.target.registry for plan in reversed(plans)]


async def test_cancelled_promotion_lets_go_of_its_hooks(tmp_path: Path) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def forever(hook: Hook, notification: Notification) -> str:
        begun.set()
        try:
            return await asyncio.Future[str]()
        finally:
            stopped.set()

    async with town(tmp_path, Herald(forever)) as lab:
        plan = await lab.bench.plan(lab.request("shop/api:1.0", "prod"))
        promoting = asyncio.create_task(lab.promote(plan))
        async with asyncio.timeout(20):
            await begun.wait()
        promoting.cancel()
        await asyncio.wait({promoting})
        assert promoting.cancelled()
        assert stopped.is_set()
        assert await lab.held("prod", "shop/api:1.0") == plan.digest

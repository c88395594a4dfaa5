"""Examining registries, keys and hooks: what is asked, and what becomes of who does not answer."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeJournal, FakeMemory, FakeRegistry, FrozenClock
from tests.lab import NOW, laboratory, picture
from tui.domain.environment import Environment, GateRules, PromotionPath
from tui.domain.hooks import Hook, HookCommand, Webhook
from tui.domain.notification import Notification
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.ports.errors import Forbidden, HookError, TrustError, Unreachable
from tui.usecases import examining_registries
from tui.usecases.examining import Examiner, KeyReading
from tui.usecases.examining_registries import MOST
from tui.usecases.tools import Tools

API = Repository("shop/api")
BASE, DEV = Environment("base", "b.io"), Environment("dev", "d.io", prefix="dev/")
PATH = PromotionPath((BASE, DEV))


@asynccontextmanager
async def examiner(scope: Scope = Scope(), **registries: FakeRegistry) -> AsyncGenerator[Examiner, None]:  # noqa: B008
    held = {item: registries.get(item.name) or FakeRegistry(item.registry) for item in PATH.environments}
    yield Examiner(Tools(held, {}, FakeJournal(), FakeMemory(), FrozenClock()), PATH, scope)


def holding(*repositories: str) -> FakeRegistry:
    registry = FakeRegistry("a.io")
    for repository in repositories:
        registry.put(repository, "1.0")
    return registry


async def test_what_the_catalog_lists_is_read_everywhere() -> None:
    async with examiner(base=holding("other/x", "shop/api"), dev=holding("dev/shop/api")) as here:
        readings = await replace(here, scope=Scope(("shop/*",))).read_registries()
    assert [(item.held, item.failure) for item in readings] == [((API,), None)] * 2


async def test_named_repository_needs_no_catalog(tmp_path: Path) -> None:
    async with laboratory(tmp_path, [BASE, DEV], scope=Scope(("shop/api",))) as lab:
        lab.push("base", "shop/api", "1.0", picture())
        base, dev = await (await lab.bench.examiner()).read_registries()
    assert (base.held, base.catalog) == ((API,), None)
    assert (dev.held, dev.absent, dev.failure) == ((), (API,), None)


async def test_who_it_is_taken_for() -> None:
    dev = holding("dev/shop/api")
    dev.user = "release"
    async with examiner(base=holding("shop/api"), dev=dev) as here:
        readings = await here.read_registries()
    assert [item.by for item in readings] == ["", "release"]


async def test_one_that_fails_is_told_beside_the_others() -> None:
    dev = holding("dev/shop/api")
    dev.error = Forbidden("list tags", "d.io", "it answers 403")
    async with examiner(base=holding("shop/api"), dev=dev) as here:
        base, told = await here.read_registries()
    assert (base.failure, told.failure) == (None, dev.error)


async def test_where_nothing_is_known_each_is_asked_for_its_catalog() -> None:
    base = holding()
    base.error = Unreachable("list repositories", "b.io", "the connection is refused")
    async with examiner(base=base, dev=holding("dev/shop/web")) as here:
        first, second = await here.read_registries()
    assert (first.failure, first.tried) == (base.error, 0)
    assert second.held == (Repository("shop/web"),)


class Closed(FakeRegistry):
    """Lets nobody read repositories whose name begins with `secret`, and counts how many are asked for at once."""

    most = 0
    _now = 0

    async def tag_names(self, repository: Repository) -> AsyncGenerator[tuple[Tag, ...], None]:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        if repository.startswith("secret"):
            raise Forbidden(f"list the tags of {repository}", "b.io", "it answers 403")
        async for page in super().tag_names(repository):
            yield page


async def test_every_repository_is_tried_in_every_environment() -> None:
    base = Closed("b.io")
    for name in ("shop/api", "secret/keys", "shop/web"):
        base.put(name, "1.0")
    async with examiner(base=base, dev=holding("dev/shop/web", "dev/secret/keys")) as here:
        first, second = await here.read_registries()
    assert first.failure is None
    assert {each.repository for each in first.refused} == {"secret/keys"}
    assert (set(first.held), first.tried) == ({"shop/api", "shop/web"}, 3)
    assert (set(second.held), second.absent, second.tried) == ({"shop/web", "secret/keys"}, (API,), 3)


async def test_so_many_and_no_more_are_tried_some_at_a_time() -> None:
    base = Closed("b.io")
    for number in range(MOST + 1):
        base.put(f"shop/{number}", "1.0")
    async with examiner(base=base) as here:
        first, second = await here.read_registries()
    assert (first.tried, first.has_more, second.tried) == (MOST, True, MOST)
    assert 1 < base.most <= 8


async def test_where_none_can_be_read_that_is_a_failure_of_the_whole() -> None:
    base = Closed("b.io")
    for name in ("secret/a", "secret/b"):
        base.put(name, "1.0")
    async with examiner(base=base) as here:
        first, _ = await here.read_registries()
    assert isinstance(first.failure, Forbidden)
    assert (first.held, first.refused) == ((), ())


async def test_silence_is_not_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining_registries, "PATIENCE", 0.05)
    dev = holding("dev/shop/api")
    dev.gate.clear()
    async with examiner(base=holding("shop/api"), dev=dev) as here:
        _, told = await here.read_registries()
    assert isinstance(told.failure, Unreachable)
    assert "no answer within 0.05 s" in str(told.failure)


class Keys:
    """Knows every key but `gone.pem`."""

    async def verifies(self, key_file: str, message: bytes, signature: bytes, algorithm: str = "") -> bool:
        if key_file == "gone.pem":
            raise TrustError("gone.pem cannot be read")
        return False


async def test_every_key_is_tried() -> None:
    prod = Environment("prod", "p.io", gates=GateRules(signed=True, signed_by=("here.pem", "gone.pem")))
    async with examiner() as here:
        tried = replace(here, path=PromotionPath((BASE, prod)), tools=replace(here.tools, trust=Keys()))
        good, bad = await tried.read_keys()
    assert good == KeyReading(prod, "here.pem")
    assert (bad.file, str(bad.failure)) == ("gone.pem", "gone.pem cannot be read")


class Answers:
    """Answers for hooks; those that it does not know fail. All have to be told at once."""

    def __init__(self, answers: Mapping[Hook, str], at_once: int) -> None:
        self.answers = answers
        self.told: list[Notification] = []
        self.meeting = asyncio.Barrier(at_once)

    async def tell(self, hook: Hook, notification: Notification) -> str:
        self.told.append(notification)
        async with asyncio.timeout(20):
            await self.meeting.wait()
        if hook not in self.answers:
            raise HookError("it answered 404 Not Found")
        return self.answers[hook]


async def test_every_hook_is_tried_with_a_test() -> None:
    deploy, herald = HookCommand(("deploy",)), Webhook("https://x.example")
    path = PromotionPath((BASE, replace(DEV, notify=(deploy,)), Environment("prod", "p.io", notify=(herald,))))
    notifier = Answers({deploy: "done"}, at_once=2)
    async with examiner() as here:
        trials = await replace(here, path=path, tools=replace(here.tools, notifier=notifier)).try_hooks("0123")
    assert [(item.environment.name, item.answer, str(item.failure or "")) for item in trials] == [
        ("dev", "done", ""),
        ("prod", "", "it answered 404 Not Found"),
    ]
    assert {(item.is_test, item.promotion, item.at) for item in notifier.told} == {(True, "0123", NOW)}
    assert {str(item.target) for item in notifier.told} == {"d.io/dev/windlass/test:test", "p.io/windlass/test:test"}


async def test_command_that_would_deploy_the_test_is_not_run() -> None:
    kubectl = HookCommand(("kubectl", "set", "image", "deployment/api", "api=${WINDLASS_PINNED}"))
    notifier = Answers({}, at_once=1)
    async with examiner() as here:
        path = PromotionPath((BASE, replace(DEV, notify=(kubectl,))))
        (trial,) = await replace(here, path=path, tools=replace(here.tools, notifier=notifier)).try_hooks("0123")
    assert trial.is_left_out
    assert not notifier.told


def test_script_can_look_whether_it_is_a_test() -> None:
    assert not HookCommand(("sh", "-c", "test $WINDLASS_TEST || deploy $WINDLASS_IMAGE")).is_filled_in
    assert not HookCommand(("deploy", "$HOME")).is_filled_in
    assert HookCommand(("deploy", "$WINDLASS_IMAGE")).is_filled_in


async def test_who_it_is_may_stay_unknown() -> None:
    class Shy(FakeRegistry):
        async def identity(self) -> str:
            raise Unreachable("find out who it is", "b.io", "no answer")

    base = Shy("b.io")
    base.put("shop/api", "1.0")
    async with examiner(base=base) as here:
        reading, _ = await here.read_registries()
    assert (reading.by, reading.failure) == ("", None)


async def test_nobody_tells_where_there_is_no_notifier() -> None:
    async with examiner() as here:
        assert await here.try_hooks("0123") == ()

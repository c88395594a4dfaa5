"""The engine over a Docker Engine in memory."""

import asyncio
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace

import pytest

from tests.engine.docker.fakes import FakeClient
from tests.engine.docker.samples import OTHER, SOME, manifest_tree, plan, request
from tui.domain.environment import EngineName
from tui.domain.events import BlobAdvanced, Direction, EngineEvent, LineLogged, Side, Step, StepStarted, TagMoved
from tui.domain.plan import Companions, Keeping, Request, Tree
from tui.domain.platform import Platform
from tui.engine.docker import sdk
from tui.engine.docker.client import Client, Login
from tui.engine.docker.engine import DockerEngine
from tui.ports.engine import Engine
from tui.ports.errors import EngineError

PINNED = f"base.io/shop/api@{SOME}"
TAGGED = "prod.io:5000/shop/api:1.0"
DIGESTED = "prod.io:5000/shop/api@"


def engine_on(client: FakeClient) -> DockerEngine:
    return DockerEngine(lambda: client)


async def events_of(client: FakeClient) -> list[EngineEvent]:
    return [event async for event in engine_on(client).run(plan(request(), SOME, OTHER))]


def test_it_is_an_engine() -> None:
    engine: Engine = DockerEngine()
    assert engine.name is EngineName.DOCKER


async def test_pull_tag_and_push_in_turn_then_the_tag_moved() -> None:
    client = FakeClient(str(SOME))
    events = await events_of(client)
    assert [event.step for event in events if isinstance(event, StepStarted)] == [Step.PULL, Step.TAG, Step.PUSH]
    assert events[0] == StepStarted(Step.PULL, f"pull base.io/shop/api:1.0@{SOME}")
    assert events[-1] == TagMoved(OTHER, SOME)
    verbs = [call for call in client.calls if not call.startswith("find")]
    assert verbs == [
        f"pull {PINNED}",
        f"tag {PINNED} {TAGGED}",
        f"push {TAGGED}",
        f"untag {TAGGED}",
        f"untag {PINNED}",
    ]
    assert client.images == {}
    assert client.is_closed


async def test_another_digest_is_explained() -> None:
    events = await events_of(FakeClient(str(OTHER)))
    assert TagMoved(OTHER, OTHER) in events
    assert events[-1] == LineLogged(f"the engine pushed {OTHER} instead of {SOME}: It rewrites the manifest.")


@pytest.mark.parametrize(
    "held",
    [
        {PINNED: "id-new"},
        {TAGGED: "id-old"},
        {TAGGED: "id-new"},
        {PINNED: "id-new", TAGGED: "id-new"},
        {"mine:latest": "id-new", "other:1": "id-old"},
        {f"{DIGESTED}{OTHER}": "id-new", "prod.io:5000/shop/api:mine": "id-new"},
    ],
)
async def test_what_the_engine_held_before_it_holds_after(held: dict[str, str]) -> None:
    client = FakeClient(str(SOME))
    client.images = dict(held)
    await events_of(client)
    assert {name: client.images.get(name) for name in held} == held
    assert PINNED in held or PINNED not in client.images
    assert TAGGED in held or TAGGED not in client.images


async def test_an_image_held_by_digest_alone_is_not_lost_with_our_tag() -> None:
    client = FakeClient(str(SOME))
    client.images = {f"{DIGESTED}{OTHER}": "id-new"}
    await events_of(client)
    assert client.images[f"{DIGESTED}{OTHER}"] == "id-new"


@pytest.mark.parametrize("step", ["pull", "tag", "push"])
async def test_a_failure_leaves_the_engine_as_it_was(step: str) -> None:
    client = FakeClient(str(SOME))
    client.fails = step
    with pytest.raises(EngineError):
        await events_of(client)
    assert client.images == {}
    assert client.is_closed


async def test_nothing_is_tidied_where_nothing_was_looked_at() -> None:
    client = FakeClient(str(SOME))
    client.images = {TAGGED: "id-old"}
    client.fails = f"find {TAGGED}"
    with pytest.raises(EngineError):
        await events_of(client)
    assert client.images == {TAGGED: "id-old"}


async def test_a_failed_tidying_is_no_failed_promotion() -> None:
    client = FakeClient(str(SOME))
    client.fails = "untag"
    assert isinstance((await events_of(client))[-1], TagMoved)


async def test_an_answer_that_ends_early_is_an_error() -> None:
    client = FakeClient("nothing")
    with pytest.raises(EngineError, match="ended before"):
        await events_of(client)


@pytest.mark.parametrize("step", [Step.PULL, Step.PUSH])
async def test_closing_breaks_the_work_off(step: Step) -> None:
    client = FakeClient(str(SOME))
    client.hangs = step.value
    seen: list[EngineEvent] = []
    async with aclosing(engine_on(client).run(plan(request(), SOME))) as events:
        async with asyncio.timeout(5):
            while not (isinstance(event := await anext(events), StepStarted) and event.step is step):
                seen.append(event)
        waiting = asyncio.ensure_future(drain(events))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert client.streams[-1].closed.is_set()
    assert client.images == {}
    assert not [event for event in seen if isinstance(event, TagMoved)]


async def drain(events: AsyncGenerator[EngineEvent, None]) -> list[EngineEvent]:
    return [event async for event in events]


async def test_promotions_take_turns() -> None:
    client = FakeClient(str(SOME))
    engine = engine_on(client)
    first, second = await asyncio.gather(*(drain(engine.run(plan(request(), SOME))) for _ in range(2)))
    assert isinstance(first[-1], TagMoved)
    assert second[0] == LineLogged("waiting for another promotion through the Docker Engine to end")
    assert isinstance(second[-1], TagMoved)
    steps = [call.split()[0] for call in client.calls if not call.startswith("find")]
    assert steps == ["pull", "tag", "push", "untag", "untag"] * 2


async def test_a_pull_that_brings_another_digest_is_refused() -> None:
    client = FakeClient(str(SOME))
    client.pulls = str(OTHER)
    with pytest.raises(EngineError, match=f"pulled {OTHER} instead"):
        await events_of(client)
    assert client.images == {}


async def test_signatures_that_stay_behind_are_named() -> None:
    wanted = replace(plan(request(), SOME), companions=Companions((plan(request(), OTHER).root,)))
    events = await drain(engine_on(FakeClient(str(SOME))).run(wanted))
    assert isinstance(events[0], LineLogged)
    assert events[0].text.startswith("1 signatures, SBOMs or attestations stay behind")


async def test_the_plans_sizes_stand_in_for_those_the_engine_does_not_tell() -> None:
    tree = manifest_tree()
    layer = tree.blobs[-1]
    client = FakeClient(str(SOME))
    client.pushed = [{"status": "Pushed", "progressDetail": {}, "id": layer.digest.hex[:12]}]
    events = await drain(engine_on(client).run(replace(plan(request(), SOME), tree=tree)))
    assert BlobAdvanced(layer.digest.hex[:12], Direction.PUSH, layer.size, layer.size) in events


@pytest.mark.parametrize("host", ["docker.io", "registry-1.docker.io", "index.docker.io"])
async def test_docker_hub_is_called_by_the_name_that_engines_know(host: str) -> None:
    client = FakeClient(str(SOME))
    await drain(engine_on(client).run(plan(request(host), SOME)))
    assert f"pull docker.io/shop/api@{SOME}" in client.calls


async def test_each_side_gets_its_own_login() -> None:
    async def credentials(registry: str) -> tuple[str, str] | None:
        return ("me", "secret") if registry == "base.io" else None

    client = FakeClient(str(SOME))
    await drain(DockerEngine(lambda: client, credentials).run(plan(request(), SOME)))
    assert client.logins == [Login("me", "secret"), None]
    assert "secret" not in repr(client.logins)


async def test_the_forecast_asks_the_engine_and_reads_the_platform() -> None:
    async def platform_of(_request: Request, _tree: Tree) -> Platform | None:
        return Platform("linux", "arm64")

    client = FakeClient(str(SOME))
    found = await DockerEngine(lambda: client, platform_of=platform_of).forecast(request(), manifest_tree())
    assert "20.10.24" in found.sentence
    assert found.refusal
    assert client.is_closed
    assert (await engine_on(client).forecast(request(), manifest_tree())).keeping is Keeping.LOST


async def test_no_engine_says_how_to_mend_it() -> None:
    def connect() -> Client:
        raise EngineError("connect", Side.ENGINE, "start it")

    with pytest.raises(EngineError, match="start it"):
        await DockerEngine(connect).forecast(request(), manifest_tree())


def test_the_sdk_is_not_imported_before_it_is_used() -> None:
    code = "import sys, tui.engine.docker.engine; sys.exit('docker' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def hurry(host: str) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.2):
            await DockerEngine(lambda: sdk.connect(host)).forecast(request(), manifest_tree())


def test_an_engine_that_hangs_keeps_no_process_alive() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(place := f"{folder}/d.sock")
        silent.listen()
        code = (
            f"import asyncio; from tests.engine.docker.test_engine import hurry; asyncio.run(hurry('unix://{place}'))"
        )
        ended = subprocess.run([sys.executable, "-c", code], check=False, timeout=15, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr

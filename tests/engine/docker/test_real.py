"""A real Docker Engine of the classic store between real registries."""

import asyncio
import io
import json
import os
import socket
import subprocess
import tarfile
import threading
import time
import urllib.request
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.engine.docker.conftest import NewRegistry
from tests.engine.docker.samples import plan
from tests.real import docker_registry, require
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of, parse_manifest
from tui.domain.environment import EngineName, Environment
from tui.domain.events import BlobAdvanced, Direction, EngineEvent, How, LineLogged, Side, Step, StepStarted, TagMoved
from tui.domain.plan import Keeping, Node, Plan, Request, Tree
from tui.domain.reference import Digest, Repository, Tag
from tui.engine.docker.client import Client
from tui.engine.docker.engine import DockerEngine
from tui.engine.docker.sdk import connect
from tui.ports.errors import EngineError

pytestmark = pytest.mark.real
REPOSITORY, TAG = Repository("shop/api"), Tag("1.0")


class Bench:
    """An engine between two registries, with an image built by that engine in the first."""

    def __init__(self, host: str, source: str, target: str) -> None:
        self.api: Any = docker.APIClient(base_url=host, version="auto", timeout=60)
        self.engine = DockerEngine(lambda: connect(host))
        self.source, self.target = Environment("base", source), Environment("prod", target)

    def build(self, size: int = 300_000) -> None:
        """Imports a tar archive into the engine, pushes it to the source and forgets it again."""
        name = f"{self.source.registry}/{REPOSITORY}"
        self.api.import_image_from_data(archive(size), repository=name, tag=TAG)
        lines = list(self.api.push(name, tag=TAG, stream=True, decode=True))
        assert not [line for line in lines if "error" in line]
        self.api.remove_image(f"{name}:{TAG}")

    def images(self) -> list[Any]:
        return sorted(ref for it in self.api.images() for ref in [*(it["RepoTags"] or []), *(it["RepoDigests"] or [])])

    def plan(self, *, confirms_change: bool = False) -> Plan:
        request = Request(self.source, self.target, REPOSITORY, TAG, TAG, EngineName.DOCKER)
        return plan(replace(request, confirms_change=confirms_change), self.tree().root.raw.digest)

    def tree(self) -> Tree:
        raw = inspect(self.source.registry)
        return Tree((Node(raw, parse_manifest(raw)),))

    async def run(self) -> list[EngineEvent]:
        return [event async for event in self.engine.run(self.plan())]


def archive(size: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("data")
        entry.size = size
        tar.addfile(entry, io.BytesIO(os.urandom(size)))
    return buffer.getvalue()


def inspect(registry: str, tag: str = TAG) -> RawManifest:
    """The exact bytes that a registry holds, as another client reads them."""
    image = f"docker://{registry}/{REPOSITORY}:{tag}"
    body = subprocess.run(
        [require("skopeo"), "inspect", "--raw", "--tls-verify=false", image], check=True, capture_output=True
    ).stdout
    return RawManifest(json.loads(body)["mediaType"], body, digest_of(body))


def copy_as_oci(registry: str) -> None:
    """Turns the image in `registry` into an OCI one."""
    image = f"docker://{registry}/{REPOSITORY}:{TAG}"
    flags = ["--insecure-policy", "--format=oci", "--src-tls-verify=false", "--dest-tls-verify=false"]
    subprocess.run([require("skopeo"), "copy", *flags, image, image], check=True, capture_output=True)


def push_index(registry: str, system: str, architecture: str) -> Digest:
    """Puts an index over the image in `registry` and moves the tag to it; the image's digest."""
    child = inspect(registry)
    platform = {"os": system, "architecture": architecture}
    row = {"mediaType": child.media_type, "digest": str(child.digest), "size": len(child.body), "platform": platform}
    body = json.dumps({"schemaVersion": 2, "mediaType": media.DOCKER_LIST, "manifests": [row]}).encode()
    where = f"http://{registry}/v2/{REPOSITORY}/manifests/{TAG}"
    asked = urllib.request.Request(where, data=body, method="PUT", headers={"Content-Type": media.DOCKER_LIST})
    with urllib.request.urlopen(asked, timeout=10):
        return child.digest


@pytest.fixture
def bench(engine_host: str, new_registry: NewRegistry) -> Generator[Bench, None, None]:
    made = Bench(engine_host, new_registry(), new_registry())
    made.build()
    yield made
    made.api.close()


def test_the_engine_tells_what_it_is(engine_client: Client) -> None:
    facts = engine_client.facts()
    assert facts.os == "linux"
    assert facts.major > 0


async def test_an_image_that_the_engine_built_keeps_its_digest(bench: Bench) -> None:
    before, expected = bench.images(), bench.plan().digest
    events = await bench.run()
    assert [event.step for event in events if isinstance(event, StepStarted)] == [Step.PULL, Step.TAG, Step.PUSH]
    assert events[-1] == TagMoved(None, expected)
    assert inspect(bench.target.registry).body == inspect(bench.source.registry).body
    assert bench.images() == before
    pushed = [event for event in events if isinstance(event, BlobAdvanced) and event.direction is Direction.PUSH]
    assert pushed[-1].how is How.TRANSFERRED
    forecast = await bench.engine.forecast(bench.plan().request, bench.tree())
    assert (forecast.keeping, forecast.refusal) == (Keeping.UNSURE, "")


async def test_an_oci_image_changes_its_digest_as_foretold(bench: Bench) -> None:
    copy_as_oci(bench.source.registry)
    forecast = await bench.engine.forecast(bench.plan().request, bench.tree())
    assert (forecast.keeping, forecast.refusal) == (Keeping.LOST, "")
    expected = bench.plan().digest
    events = await bench.run()
    moved = next(event for event in events if isinstance(event, TagMoved))
    assert moved.new != expected
    assert moved.new == inspect(bench.target.registry).digest
    assert isinstance(events[-1], LineLogged)
    assert str(expected) in events[-1].text


async def test_a_promotion_within_a_registry_mounts(bench: Bench) -> None:
    bench.target = replace(bench.source, name="prod", prefix="prod/")
    events = await bench.run()
    assert events[-1] == TagMoved(None, bench.plan().digest)
    assert How.MOUNTED in {event.how for event in events if isinstance(event, BlobAdvanced)}


async def test_the_operators_own_images_stay(bench: Bench) -> None:
    target = f"{bench.target.registry}/{REPOSITORY}"
    bench.api.import_image_from_data(archive(2000), repository=target, tag=TAG)
    mine = bench.api.inspect_image(f"{target}:{TAG}")["Id"]
    bench.api.pull(f"{bench.source.registry}/{REPOSITORY}", tag=TAG)
    before = bench.images()
    await bench.run()
    assert bench.api.inspect_image(f"{target}:{TAG}")["Id"] == mine
    assert set(before) <= set(bench.images())


async def test_an_index_is_refused_in_the_forecast(bench: Bench) -> None:
    push_index(bench.source.registry, "linux", "amd64")
    tree = bench.tree()
    forecast = await bench.engine.forecast(bench.plan().request, tree)
    assert "--engine direct" in forecast.refusal
    assert "--allow-change" in forecast.refusal
    assert not (await bench.engine.forecast(bench.plan(confirms_change=True).request, tree)).refusal


async def test_an_index_that_was_asked_for_is_flattened(bench: Bench) -> None:
    child = push_index(bench.source.registry, "linux", "amd64")
    wanted = bench.plan(confirms_change=True)
    events = [event async for event in bench.engine.run(wanted)]
    moved = next(event for event in events if isinstance(event, TagMoved))
    assert moved.new != wanted.digest
    assert moved.new == child == inspect(bench.target.registry).digest


async def test_an_index_for_other_hosts_cannot_be_pulled(bench: Bench) -> None:
    push_index(bench.source.registry, "linux", "s390x")
    with pytest.raises(EngineError, match="no matching manifest"):
        await bench.run()


async def test_closing_while_a_registry_is_silent_takes_no_time(bench: Bench) -> None:
    wanted = bench.plan()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        request = replace(wanted.request, source=Environment("base", f"127.0.0.1:{silent.getsockname()[1]}"))
        async with aclosing(bench.engine.run(replace(wanted, request=request))) as events:
            assert isinstance(await anext(events), StepStarted)
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.3)
            started = time.monotonic()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
    assert time.monotonic() - started < 3
    await until_no_thread_runs()


async def test_a_missing_source_is_the_sources_failure(bench: Bench) -> None:
    wanted = bench.plan()
    gone = replace(wanted, root=Descriptor(wanted.root.media_type, digest_of(b"gone"), 4))
    with pytest.raises(EngineError) as caught:
        [event async for event in bench.engine.run(gone)]
    assert caught.value.side is Side.SOURCE
    assert "not found" in str(caught.value) or "unknown" in str(caught.value)


async def test_a_target_that_wants_a_login_gets_it_or_says_so(bench: Bench, engine_host: str, tmp_path: Path) -> None:
    with docker_registry(tmp_path, htpasswd=("me", "secret")) as guarded:
        bench.target = Environment("prod", guarded.host)
        with pytest.raises(EngineError, match="docker login") as caught:
            await bench.run()
        assert caught.value.side is Side.TARGET

        async def credentials(registry: str) -> tuple[str, str] | None:
            return ("me", "secret") if registry == guarded.host else None

        bench.engine = DockerEngine(lambda: connect(engine_host), credentials)
        assert isinstance((await bench.run())[-1], TagMoved)


async def test_closing_in_the_middle_of_a_push_leaves_the_target_without_the_tag(bench: Bench) -> None:
    bench.build(80_000_000)
    before, started = bench.images(), time.monotonic()
    async with aclosing(bench.engine.run(bench.plan())) as events:
        await until_pushing(events)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    assert bench.images() == before
    await until_no_thread_runs()
    await asyncio.sleep(1)
    with pytest.raises(subprocess.CalledProcessError):
        inspect(bench.target.registry)


async def until_pushing(events: AsyncGenerator[EngineEvent, None]) -> None:
    async for event in events:
        assert not isinstance(event, TagMoved)
        if isinstance(event, BlobAdvanced) and event.direction is Direction.PUSH and event.done < event.total:
            return


async def until_no_thread_runs() -> None:
    async with asyncio.timeout(5):
        while any(thread.name == "windlass-docker" for thread in threading.enumerate()):
            await asyncio.sleep(0.02)

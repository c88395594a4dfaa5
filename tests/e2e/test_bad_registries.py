"""A registry that lies, fails or is hostile: one clear sentence, the right exit code, an untouched target, and nothing
raw on the terminal. The program runs as its users run it; the registries are real servers with faults switched on."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lab import picture
from tui.domain.reference import Repository, Tag
from tui.sandbox import images
from tui.sandbox.faults import Faults
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

OLD, NEW = picture(1), picture(2)


@dataclass(slots=True)
class Stage:
    """Registries base and prod, served from a thread, and the settings that name them."""

    room: Path
    base: Registry = field(default_factory=lambda: Registry("base"))
    prod: Registry = field(default_factory=lambda: Registry("prod", page_limit=1))
    hosts: list[str] = field(default_factory=list)

    def windlass(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs the program."""
        command = [sys.executable, "-m", "tui", "--config", str(self.room / "windlass.toml"), *words]
        environment = os.environ | {"XDG_DATA_HOME": str(self.room), "DOCKER_CONFIG": str(self.room)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    def prod_holds(self) -> str:
        """The digest that prod's tag has, looked up in the registry itself."""
        return str(self.prod.store.resolve(Repository("shop/api"), Tag("1.0.0")))


@contextmanager
def served(stage: Stage) -> Generator[Stage, None, None]:
    """Serves the stage's registries until the context ends."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            for registry in (stage.base, stage.prod):
                stage.hosts.append(await stack.enter_async_context(serve_registry(registry)))
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield stage
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage, None, None]:
    with served(Stage(tmp_path)) as found:
        images.push_into(found.base, "shop/api", NEW, "1.0.0")
        images.push_into(found.prod, "shop/api", OLD, "1.0.0")
        names = zip(("base", "prod"), found.hosts, strict=True)
        tables = (f'[[environment]]\nname = "{n}"\nregistry = "{h}"\nauth = "anonymous"\n' for n, h in names)
        (tmp_path / "windlass.toml").write_text("".join(tables))
        yield found


def assert_told_cleanly(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """The narration has the words, and no control character but the line end."""
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert not [char for char in done.stdout + done.stderr if not char.isprintable() and char != "\n"]


def switch(**faults: object) -> Callable[[Faults], None]:
    """Switches faults on."""

    def apply(target: Faults) -> None:
        for name, value in faults.items():
            setattr(target, name, value)

    return apply


FAULTS = {
    "html": (switch(html=1000), "text/html"),
    "401": (switch(unauthorised=True), "credentials"),
    "403": (switch(forbidden={"shop/api"}), "403"),
    "wrong-bytes": (switch(wrong_manifests=True), "digest"),
    "oversized": (switch(oversized_manifests=True), "larger than the 4194304 bytes"),
    "foreign-realm": (switch(unauthorised=True, realm="https://elsewhere.example/token"), "elsewhere.example"),
    "failing": (switch(failing=1000, failing_status=400), "400"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("side", ["base", "prod"])
def test_a_promotion_fails_with_a_sentence_and_leaves_the_target(stage: Stage, fault: str, side: str) -> None:
    apply, word = FAULTS[fault]
    apply((stage.base if side == "base" else stage.prod).faults)
    done = stage.windlass("promote", "shop/api:1.0.0", "--to", "prod", "--yes")
    if (side, fault) in {("prod", "wrong-bytes"), ("prod", "oversized")}:
        assert done.returncode == 6  # only what was written is read back from the target
        return
    assert done.returncode == 1
    assert_told_cleanly(done, word)
    assert stage.prod_holds() == str(OLD.digest)


@pytest.mark.parametrize("fault", ["html", "401", "403", "foreign-realm", "failing"])
def test_status_says_unknown_and_never_missing(stage: Stage, fault: str) -> None:
    apply, _ = FAULTS[fault]
    apply(stage.prod.faults)
    done = stage.windlass("status", "--json")
    assert done.returncode == 4
    document = json.loads(done.stdout)
    assert [row["cells"]["prod"]["state"] for row in document["rows"]] == ["unknown"]
    assert {error["environment"] for error in document["errors"]} == {"prod"}
    assert_told_cleanly(done)


def test_a_link_to_another_host_is_not_followed(stage: Stage) -> None:
    images.push_into(stage.prod, "shop/api", OLD, "2.0.0")
    stage.prod.faults.link_origin = "https://elsewhere.example"
    done = stage.windlass("status", "--repo", "shop/api", "--json")
    assert done.returncode == 4
    assert_told_cleanly(done)


def test_a_catalog_that_is_not_there_asks_for_names(stage: Stage) -> None:
    for registry in (stage.base, stage.prod):
        registry.faults.catalog_missing = True
    done = stage.windlass("status")
    assert done.returncode == 4
    assert_told_cleanly(done, "repositories = [")
    assert stage.windlass("status", "--repo", "shop/api").returncode == 3


def test_a_registry_that_is_not_there(stage: Stage) -> None:
    settings = stage.room / "windlass.toml"
    settings.write_text(settings.read_text().replace(stage.hosts[1], "127.0.0.1:1"))
    done = stage.windlass("promote", "shop/api:1.0.0", "--to", "prod", "--yes")
    assert done.returncode == 1
    assert_told_cleanly(done, "127.0.0.1:1", "refused")


def test_hostile_text_reaches_no_terminal(stage: Stage) -> None:
    for registry in (stage.base, stage.prod):
        registry.faults.warning = "[@click=app.quit] see https://x.example"
    done = stage.windlass("status")
    assert_told_cleanly(done)


def test_without_a_terminal_it_refuses_to_ask(stage: Stage) -> None:
    done = stage.windlass("promote", "shop/api:1.0.0", "--to", "prod")
    assert done.returncode == 5
    assert_told_cleanly(done, "--yes")
    assert stage.prod_holds() == str(OLD.digest)

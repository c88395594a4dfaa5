"""Content is read once by digest, whoever asks, and never again while it is remembered."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.content import Manifest
from tui.domain.facts import UNREADABLE
from tui.domain.reference import Digest, Repository
from tui.ports.errors import InvalidAnswer, JournalError, NotFound, RegistryError
from tui.sandbox import images
from tui.usecases.library import Library

API = Repository("shop/api")
COMMIT = "1f3c2ab" + "0" * 33


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncGenerator[Lab, None]:
    async with laboratory(tmp_path) as lab:
        yield lab


def asked(lab: Lab) -> int:
    """Requests that the registries answered."""
    return sum(sum(registry.requests.values()) for registry in lab.registries.values())


def named(seed: int, **labels: str) -> images.Image:
    return images.image([], created=NOW, labels=labels or {"seed": str(seed)})


async def test_ten_who_ask_at_once_cost_one_request(lab: Lab) -> None:
    image, library = lab.push("base", API, "1.0.0", picture()), Library(lab.tools)
    base = lab.environment("base")
    found = await asyncio.gather(*(library.read_manifest(base, API, image.digest) for _ in range(10)))
    assert {type(item) for item in found} == {Manifest}
    assert (asked(lab), library.requests) == (1, 1)


async def test_one_who_gives_up_does_not_end_it_for_the_others(lab: Lab) -> None:
    image, library = lab.push("base", API, "1.0.0", picture()), Library(lab.tools)
    base = lab.environment("base")
    first = asyncio.create_task(library.read_manifest(base, API, image.digest))
    second = asyncio.create_task(library.read_manifest(base, API, image.digest))
    while not library.is_reading(image.digest):
        await asyncio.sleep(0)
    first.cancel()
    assert isinstance(await second, Manifest)
    assert asked(lab) == 1


async def test_a_dead_registry_does_not_fail_who_would_ask_another(lab: Lab) -> None:
    image = lab.push("dev", API, "1.0.0", picture())
    lab.registries["base"].faults.failing = 99
    library = Library(lab.tools)
    base, dev = (library.read_manifest(lab.environment(name), API, image.digest) for name in ("base", "dev"))
    failed, found = await asyncio.gather(base, dev, return_exceptions=True)
    assert isinstance(failed, RegistryError)
    assert isinstance(found, Manifest)


async def test_another_process_remembers_everything(lab: Lab) -> None:
    image, base = lab.push("base", API, "1.0.0", picture()), lab.environment("base")
    first = Library(lab.tools)
    identity = await first.read_identity(base, API, image.digest)
    assert not await first.read_presence(base, API, Digest("sha256", "0" * 64))
    before, second = asked(lab), Library(lab.tools)
    assert await second.read_identity(base, API, image.digest) == identity
    assert await second.recall_identity(image.digest) == identity
    assert await second.recall_presence(base, API, Digest("sha256", "0" * 64)) is False
    assert asked(lab) == before


async def test_what_a_repository_holds_is_asked_again_on_another_day(lab: Lab) -> None:
    base, nowhere = lab.environment("base"), Digest("sha256", "0" * 64)
    await Library(lab.tools).read_presence(base, API, nowhere)
    tomorrow = Library(replace(lab.tools, clock=lambda: lab.tools.clock() + timedelta(hours=25)))
    assert await tomorrow.recall_presence(base, API, nowhere) is None
    assert await Library(lab.tools).recall_presence(base, API, nowhere) is False


async def test_many_identities_are_recalled_together_as_one_would_be(lab: Lab) -> None:
    base, first = lab.environment("base"), Library(lab.tools)
    single, unread = lab.push("base", API, "1", picture(1)), lab.push("base", API, "2", picture(2))
    artifact = lab.push("base", API, "3", images.artifact("text/x", b"x", payload_type="a/b"))
    inner = images.index([named(4, **{"org.opencontainers.image.revision": COMMIT})])
    whole = lab.push("base", API, "4", images.index([inner]))
    read = {item.digest: await first.read_identity(base, API, item.digest) for item in (single, artifact, whole)}
    before, second = asked(lab), Library(lab.tools)
    assert await second.recall_identities([*read, unread.digest, *read]) == read
    assert read[whole.digest].commit == COMMIT
    assert asked(lab) == before


async def test_who_asks_while_it_is_recalled_shares_that_too(lab: Lab) -> None:
    image, library = lab.push("base", API, "1.0.0", picture()), Library(lab.tools)
    first = asyncio.create_task(library.read_manifest(lab.environment("base"), API, image.digest))
    await asyncio.sleep(0)
    assert library.is_reading(image.digest)
    await first
    assert not library.is_reading(image.digest)


async def test_nothing_is_known_of_what_nobody_read(lab: Lab) -> None:
    library, image = Library(lab.tools), picture()
    assert await library.recall_manifest(image.digest) is None
    assert await library.recall_facts(image.digest) is None
    assert await library.recall_presence(lab.environment("base"), API, image.digest) is None
    assert await library.recall_identity(image.digest) is None


async def test_an_index_is_spoken_for_by_its_first_platform(lab: Lab) -> None:
    child = named(1, **{"org.opencontainers.image.revision": COMMIT})
    whole = images.index([child, picture(2, platform="linux/arm64")])
    lab.push("base", API, "1.0.0", whole)
    found = await Library(lab.tools).read_identity(lab.environment("base"), API, whole.digest)
    assert (found.commit, found.created) == (COMMIT, NOW)
    assert asked(lab) == 3


async def test_annotations_win_over_labels(lab: Lab) -> None:
    child = named(1, **{"org.opencontainers.image.revision": COMMIT, "org.opencontainers.image.version": "1.0"})
    whole = images.index([child], annotations={"org.opencontainers.image.revision": "a" * 40})
    lab.push("base", API, "1.0.0", whole)
    found = await Library(lab.tools).read_identity(lab.environment("base"), API, whole.digest)
    assert (found.commit, found.version) == ("a" * 40, "1.0")


async def test_an_artifact_names_only_what_its_annotations_say(lab: Lab) -> None:
    made = images.artifact("text/x", b"x", payload_type="a/b", annotations={"org.opencontainers.image.version": "7"})
    lab.push("base", API, "1.0.0", made)
    library = Library(lab.tools)
    assert (await library.read_identity(lab.environment("base"), API, made.digest)).version == "7"
    assert (await library.recall_identity(made.digest) or None) is not None


async def test_a_config_that_is_none_is_remembered_as_such(lab: Lab) -> None:
    image = lab.push("base", API, "1.0.0", picture())
    library, base = Library(lab.tools), lab.environment("base")
    manifest = await library.read_manifest(base, API, image.digest)
    assert isinstance(manifest, Manifest)
    layer = manifest.layers[0]
    assert await library.read_facts(base, API, layer) == UNREADABLE
    assert await Library(lab.tools).recall_facts(layer.digest) == UNREADABLE


async def test_what_is_not_there_is_an_error_and_not_remembered(lab: Lab) -> None:
    library, base, image = Library(lab.tools), lab.environment("base"), picture()
    with pytest.raises(NotFound):
        await library.read_manifest(base, API, image.digest)
    lab.push("base", API, "1.0.0", image)
    assert isinstance(await library.read_manifest(base, API, image.digest), Manifest)


async def test_a_manifest_that_contradicts_itself_is_an_invalid_answer(lab: Lab) -> None:
    image = lab.push("base", API, "1.0.0", picture())
    lab.registries["base"].faults.wrong_manifests = True
    with pytest.raises(InvalidAnswer):
        await Library(lab.tools).read_manifest(lab.environment("base"), API, image.digest)


async def test_it_does_without_a_memory(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise JournalError("no room")

    for name in ("manifests", "keep_manifest", "facts", "keep_facts", "presence", "keep_presence"):
        monkeypatch.setattr(type(lab.tools.memory), name, broken)
    image, base = lab.push("base", API, "1.0.0", picture()), lab.environment("base")
    library = Library(lab.tools)
    assert (await library.read_identity(base, API, image.digest)).created == NOW
    assert await library.read_presence(base, API, image.digest)
    assert await library.recall_presence(base, API, image.digest)


async def test_a_dead_registry_is_an_error_each_time(lab: Lab) -> None:
    lab.registries["base"].faults.failing = 99
    library = Library(lab.tools)
    for _ in range(2):
        with pytest.raises(RegistryError):
            await library.read_presence(lab.environment("base"), API, picture().digest)

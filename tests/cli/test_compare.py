"""`compare` on embedded registries: text, document, what is said, and the exit code; and as a process."""

import dataclasses
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.fakes import API, Recorder, make_recorder
from tests.cli.rooms import Room
from tests.lab import NOW, Lab, laboratory, picture
from tui.cli.commands import Common
from tui.cli.commands_reading import CompareCommand
from tui.cli.compare import compare
from tui.cli.exits import Exit, UsageError
from tui.domain.masking import MASK
from tui.domain.reference import Tag
from tui.sandbox import attachments, images
from tui.sandbox.layers import layer
from tui.usecases.workbench import Workbench

AS_TEXT = CompareCommand(Common(), (API, Tag("1.0")), "base", "prod")
AS_JSON = dataclasses.replace(AS_TEXT, as_json=True)


def release(version: str, **labels: str) -> images.Image:
    """An image of which a layer, the origin and some labels tell the version."""
    layers = [layer({"etc/base": b"base"}), layer({"app": version.encode()})]
    origin = {
        "org.opencontainers.image.revision": f"1f3c2ab{version}",
        "org.opencontainers.image.source": "https://u:x@g/a",
    }
    return images.image(layers, created=NOW, labels=origin | labels)


async def run(lab: Lab, command: CompareCommand, *, ascii_only: bool = False) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(ascii_only=ascii_only)

    @asynccontextmanager
    async def opened() -> AsyncGenerator[Workbench, None]:
        yield lab.bench

    return await compare(command, recorder.console, opened), recorder


def both(lab: Lab, left: images.Image, right: images.Image) -> None:
    lab.push("base", API, "1.0", left)
    lab.push("prod", API, "1.0", right)


async def test_the_same_is_0(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, release("1"), release("1"))
        code, printed = await run(lab, AS_TEXT)
    assert code == Exit.DONE
    assert printed.out.startswith("# same image: same digest\n= base: ")
    assert printed.err == ""


async def test_what_differs_is_3_and_told(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, release("1", LEVEL="info"), release("2", LEVEL="debug"))
        code, printed = await run(lab, AS_TEXT)
    lines = printed.out.splitlines()
    assert code == Exit.DRIFT
    assert lines[0].startswith("# different images: prod has ")
    assert "~ commit: 1f3c2ab1 → 1f3c2ab2" in lines
    assert any(line.startswith("~   layers: 1 of 2 shared; ") for line in lines)
    assert "~     label LEVEL: info → debug" in lines
    assert "=   config: same" not in lines


async def test_in_ascii(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, release("1", TOKEN="a"), release("2", TOKEN="b"))
        _, printed = await run(lab, AS_TEXT, ascii_only=True)
    assert printed.out.isascii()
    assert "1f3c2ab1 -> 1f3c2ab2" in printed.out
    assert "label TOKEN: ****** (differs" in printed.out


async def test_the_document(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        left, right = release("1", API_TOKEN="one"), release("2", API_TOKEN="two")
        both(lab, left, right)
        lab.push("base", API, None, attachments.signature(left))
        code, printed = await run(lab, AS_JSON)
        place = lab.environment("base").registry
    document = printed.document
    assert code == Exit.DRIFT
    assert list(document) == [
        "schema", "left", "right", "same", "created", "identity", "changes", "platforms", "companions", "unread",
    ]  # fmt: skip
    assert (document["schema"], document["same"], document["unread"]) == (1, False, [])
    assert document["left"] == {
        "environment": "base",
        "reference": f"{place}/shop/api:1.0",
        "digest": str(left.digest),
        "media_type": left.media_type,
        "size": document["left"]["size"],
    }
    assert document["created"] == dict.fromkeys(("left", "right"), "2026-11-24T12:00:00.000Z")
    assert document["identity"]["left"] == {"commit": "1f3c2ab1", "source": f"https://{MASK}@g/a"}
    assert document["changes"] == [{"field": "commit", "key": "", "left": "1f3c2ab1", "right": "1f3c2ab2"}]
    (platform,) = document["platforms"]
    assert (platform["platform"], platform["left"], platform["right"]) == (
        "linux/amd64",
        str(left.digest),
        str(right.digest),
    )
    assert [(layer["presence"], layer["place"]) for layer in platform["layers"]] == [
        ("both", 0),
        ("left", 1),
        ("right", 1),
    ]
    assert platform["changes"][0] == {"field": "label", "key": "API_TOKEN", "left": MASK, "right": MASK}
    (companion,) = document["companions"]
    assert (companion["presence"], companion["kind"], companion["platform"]) == ("left", "signature", None)


async def test_no_secret_is_printed(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, release("1", API_TOKEN="hunter2"), release("2", API_TOKEN="hunter3"))
        for command in (AS_TEXT, AS_JSON):
            _, printed = await run(lab, command)
            assert "hunter" not in printed.out + printed.err
            assert "u:x@" not in printed.out + printed.err


async def test_another_tag_of_the_same_environment(tmp_path: Path) -> None:
    command = dataclasses.replace(AS_TEXT, right="base", right_tag=Tag("2.0"))
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, "1.0", release("1"))
        lab.push("base", API, "2.0", release("2"))
        code, printed = await run(lab, command)
    assert code == Exit.DRIFT
    assert "# different images: base 2.0 has " in printed.out


async def test_a_tag_that_is_not_there_is_1_with_a_sentence(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, "1.0", release("1"))
        code, printed = await run(lab, AS_JSON)
    assert (code, printed.out) == (Exit.FAILED, "")
    assert "cannot compare shop/api:1.0 of prod: there is no such tag" in printed.err


async def test_a_registry_that_cannot_be_read_is_4(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, release("1"), release("1"))
        lab.registries["prod"].faults.unauthorised = True
        code, printed = await run(lab, AS_TEXT)
    assert (code, printed.out) == (Exit.INCOMPLETE, "")
    assert "cannot resolve shop/api:1.0: no credentials are known for it" in printed.err


async def test_what_could_not_be_read_is_4_and_named(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        gone = picture(2, platform="linux/arm64")
        image = images.index([picture(1), gone])
        both(lab, image, image)
        lab.registries["prod"].store.delete_manifest(API, gone.digest)
        code, printed = await run(lab, AS_TEXT)
        as_json, document = await run(lab, AS_JSON)
    assert code == as_json == Exit.INCOMPLETE
    assert "# not read, so nothing is said of it\n? prod: " in printed.out
    assert document.document["same"] is None
    assert [item["environment"] for item in document.document["unread"]] == ["prod"]
    assert str(gone.digest) in document.err


@pytest.mark.parametrize("command", [{"left": "bsae"}, {"right": "prd"}])
async def test_an_unknown_environment_is_named_with_the_nearest(tmp_path: Path, command: dict[str, str]) -> None:
    async with laboratory(tmp_path) as lab:
        with pytest.raises(UsageError, match="did you mean"):
            await run(lab, dataclasses.replace(AS_TEXT, **command))  # pyright: ignore[reportArgumentType]


def test_as_a_process(room: Room, demo: str) -> None:
    status = json.loads(room.run("status", "--config", demo, "--repo", "platform/*", "--json").stdout)
    row = next(row for row in status["rows"] if row["cells"]["prod"]["state"] == "differs")
    done = room.run("compare", f"{row['repository']}:{row['tag']}", "base", "prod", "--config", demo)
    assert done.returncode == 3
    assert done.stdout.startswith("# different images: prod has ")
    assert "Traceback" not in done.stderr
    told = room.run("compare", f"{row['repository']}:{row['tag']}", "base", "prod", "--config", demo, "--json")
    assert json.loads(told.stdout)["right"]["digest"] == row["cells"]["prod"]["digest"]


def test_that_it_needs_no_azure(room: Room, demo: str) -> None:
    assert room.imported("compare", "shop/api:9.9", "base", "prod", "--config", demo) <= {"aiohttp", "sqlite3"}

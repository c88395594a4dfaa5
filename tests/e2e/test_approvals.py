"""Two persons, two machines: one promotes, another approves, and a third who shares no journal with them sees it.

Everything is real but Azure: the program as processes, settings files, logins that are exchanged, a journal for each.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab import picture
from tests.real import docker_registry
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.auth import Acr
from tui.sandbox.azure_token import sample_token
from tui.sandbox.images import push_into
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

IMAGE = "shop/api:1.0.0"
API = Repository("shop/api")
NEW = picture(7)
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
PROMOTE = ("promote", IMAGE, "--to", "prod", "--yes")
APPROVE = ("approve", IMAGE, "--for", "prod", "--yes")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a machine of their own, with a login, a journal and a settings file."""

    room: Path

    async def windlass(self, *words: str) -> Ended:
        """Runs the program to its end."""
        homes = {f"XDG_{name}_HOME": str(self.room / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", *words,
            cwd=self.room, env=os.environ | homes | {"PYTHONPATH": str(Path.cwd()), "HOME": str(self.room)},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        return Ended(process.returncode or 0, out.decode(), err.decode())


@dataclass(frozen=True, slots=True)
class Company:
    """Registries of Azure's kind, test and prod, in front of which persons sit."""

    folder: Path
    hosts: dict[str, str]
    registries: dict[str, Registry]

    def person(self, name: str) -> Person:
        """`name` at a new machine."""
        room = self.folder / name
        room.mkdir()
        token = room / "token"
        token.write_text(sample_token(TENANT, "https://management.azure.com/", f"{name}@contoso.example"))
        token.chmod(0o600)
        tables = [_table(each, host, token) for each, host in self.hosts.items()]
        (room / "windlass.toml").write_text('repositories = ["shop/api"]\n' + "\n".join(tables))
        return Person(room)

    def held(self, name: str) -> Digest | None:
        """What an environment holds, without asking over HTTP."""
        store = self.registries[name].store
        return store.resolve(API, Tag("1.0.0")) if store.knows(API) else None


def _table(name: str, host: str, token: Path) -> str:
    gates = "gates = { approvals = 1 }\n" if name == "prod" else ""
    return (
        f'[[environment]]\nname = "{name}"\nkind = "acr"\nregistry = "{host}"\nengine = "direct"\n{gates}'
        f'auth = "token"\ntoken_file = "{token}"\nsend_azure_token = true\n'
    )


@asynccontextmanager
async def company(folder: Path) -> AsyncGenerator[Company, None]:
    registries = {name: Registry(name, auth=Acr()) for name in ("test", "prod")}
    push_into(registries["test"], "shop/api", NEW, "1.0.0")
    async with AsyncExitStack() as stack:
        hosts = {name: await stack.enter_async_context(serve_registry(each)) for name, each in registries.items()}
        yield Company(folder, hosts, registries)


async def test_a_promotion_needs_somebody_else_and_everybody_sees_who_it_was(tmp_path: Path) -> None:
    async with company(tmp_path) as made:
        alice, bob, carol = (made.person(name) for name in ("alice", "bob", "carol"))

        refused = await alice.windlass(*PROMOTE)
        assert (refused.code, made.held("prod")) == (5, None), refused.err
        assert "refused by approvals: 1 approval by others wanted, approved by nobody else" in refused.err
        assert "have somebody else run `windlass approve shop/api:1.0.0 --for prod`" in refused.err

        own = await alice.windlass(*APPROVE)
        assert own.code == 0, own.err
        still = await alice.windlass(*PROMOTE)
        assert (still.code, made.held("prod")) == (5, None), still.err
        assert "that of alice@contoso.example, who promotes, does not count" in still.err

        approved = await bob.windlass(*APPROVE, "--remark", "CHG0031337")
        assert approved.code == 0, approved.err
        assert approved.out.endswith(" approved by bob@contoso.example\n")
        planned = await alice.windlass("plan", IMAGE, "--to", "prod")
        assert "approved by bob@contoso.example at " in planned.out
        done = await alice.windlass(*PROMOTE)
        assert (done.code, made.held("prod")) == (0, NEW.digest), done.err
        assert "noted at the target (" in done.err

        assert (await carol.windlass("status")).code == 0
        told = await carol.windlass("history", IMAGE, "--noted", "--json")
        assert told.code == 0, told.err
        (note,) = told.document["promotions"]
        assert (note["environment"], note["from"], note["engine"]) == ("prod", "test", "direct")
        assert (note["by"], note["approved_by"]) == ("alice@contoso.example", ["bob@contoso.example"])
        same = await carol.windlass("compare", IMAGE, "test", "prod")
        assert same.code == 0, same.out


async def test_an_approval_is_of_a_digest_and_not_of_its_tag(tmp_path: Path) -> None:
    async with company(tmp_path) as made:
        alice, bob = made.person("alice"), made.person("bob")
        assert (await bob.windlass(*APPROVE)).code == 0
        push_into(made.registries["test"], "shop/api", picture(8), "1.0.0")
        refused = await alice.windlass(*PROMOTE)
    assert (refused.code, "approved by nobody else" in refused.err) == (5, True), refused.err


async def test_notes_leave_a_registry_without_the_api_in_sync(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as test, docker_registry(tmp_path) as prod:
        room = tmp_path / "room"
        room.mkdir()
        tables = [
            f'[[environment]]\nname = "{name}"\nregistry = "{host}"\nauth = "anonymous"\n'
            for name, host in (("test", test.host), ("prod", prod.host))
        ]
        included = 'tags = { include = [".*"] }\n'
        (room / "windlass.toml").write_text("\n".join(tables))
        (room / "all.toml").write_text("\n".join([included, *tables]))
        await _push(room, test.host)
        someone = Person(room)
        done = await someone.windlass(*PROMOTE)
        assert done.code == 0, done.err
        assert "noted at the target (" in done.err
        for words in (("status",), ("--config", "all.toml", "status")):
            status = await someone.windlass(*words)
            assert status.code == 0, status.out
            assert "sha256-" not in status.out
        shown = await someone.windlass("status", "--json")
        assert [row["tag"] for row in shown.document["rows"]] == ["1.0.0"]
        told = await someone.windlass("history", IMAGE, "--noted", "--json")
        assert [note["environment"] for note in told.document["promotions"]] == ["prod"]


async def _push(room: Path, host: str) -> None:
    """Loads the image into a registry that only real clients can write to: by a promotion from an embedded one."""
    registry = Registry("build")
    push_into(registry, "shop/api", NEW, "1.0.0")
    async with serve_registry(registry) as build:
        tables = [
            f'[[environment]]\nname = "{name}"\nregistry = "{place}"\nauth = "anonymous"\nrecord = false\n'
            for name, place in (("build", build), ("test", host))
        ]
        (room / "build.toml").write_text("\n".join(tables))
        done = await Person(room).windlass("--config", "build.toml", "promote", IMAGE, "--to", "test", "--yes")
    assert done.code == 0, done.err

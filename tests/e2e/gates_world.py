"""Registries, a settings file and a login of one's own, in which a gate refuses until what it asks for is done."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from tests.cli.fakes import make_recorder
from tests.lab import picture
from tests.signing import Signer
from tui.cli.arguments import parse
from tui.cli.commands_writing import LockCommand, PromoteCommand
from tui.cli.lock import lock
from tui.cli.opening import opener_for
from tui.cli.promote import promote
from tui.domain.approval import APPROVAL_TYPE, Approval
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox import images
from tui.sandbox.auth import Acr, Basic
from tui.sandbox.azure_token import sample_token
from tui.sandbox.images import Image
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

API = Repository("shop/api")
IMAGE = "shop/api:1.0.0"
NEW, OLD = picture(1), picture(2)
PROMOTER = "grace"
_PASSWORD = "correct horse"
_TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Run:
    """How the command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class World:
    """base (where `PROMOTER` is logged in), prod after it, and test; `signer` has the key `cosign.pub`."""

    folder: Path
    registries: Mapping[str, Registry]
    hosts: Mapping[str, str]
    signer: Signer

    @property
    def env(self) -> dict[str, str]:
        """The environment of a process with this login, and with no journal of anybody else."""
        homes = {f"XDG_{name}_HOME": str(self.folder / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        inherited = {name: value for name, value in os.environ.items() if name != "WINDLASS_CONFIG"}
        own = {"HOME": str(self.folder), "DOCKER_CONFIG": str(self.folder), "PYTHONPATH": str(Path.cwd())}
        return inherited | homes | own

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "windlass.toml"

    @property
    def journal(self) -> Path:
        """Where the command keeps its journal."""
        return self.folder / "DATA" / "windlass" / "journal.db"

    def settle(self, prod: str) -> None:
        """Writes the settings; `prod` are more lines of that environment."""
        table = '[[environment]]\nname = "{}"\nregistry = "{}"\nkind = "{}"\n{}\n'
        token = 'auth = "token"\ntoken_file = "token"\nsend_azure_token = true\nrecord = false'
        kinds = {
            "base": ("oci", 'auth = "docker"'),
            "prod": ("acr", f"{token}\n{prod}"),
            "test": ("oci", 'auth = "anonymous"'),
        }
        self.config.write_text("\n".join(table.format(name, self.hosts[name], *kinds[name]) for name in kinds))

    def push(self, environment: str, image: Image, tag: str | None = None) -> Digest:
        """Loads an image."""
        images.push_into(self.registries[environment], API, image, tag)
        return image.digest

    def approve(self, by: str) -> Digest:
        """Attaches an approval for prod to the image in the base."""
        said = Approval(by, "prod", f"{self.hosts['prod']}/{API}", datetime.now(UTC))
        made = images.artifact(APPROVAL_TYPE, b"{}", payload_type="a/b", subject=NEW, annotations=said.annotations)
        return self.push("base", made)

    def held(self, tag: str = "1.0.0") -> Digest | None:
        """What prod holds under `tag`."""
        store = self.registries["prod"].store
        return store.resolve(API, Tag(tag)) if store.knows(API) else None

    async def windlass(self, *words: str) -> Run:
        """The command, run to its end; nobody can be asked there. What it does is what its process does, but quicker:
        it is parsed, opens its settings, login and journal, and ends as that."""
        command, recorder = parse([*words, "--config", str(self.config)]), make_recorder()
        with patch.dict(os.environ, self.env, clear=True):
            match command:
                case PromoteCommand():
                    code = await promote(command, recorder.console, opener_for(command.common))
                case LockCommand():
                    code = await lock(command, recorder.console, opener_for(command.common))
                case _:
                    raise NotImplementedError(words[0])
        return Run(code, recorder.out, recorder.err)

    async def process(self, *words: str) -> Run:
        """The same, as a process."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", *words, "--config", str(self.config),
            cwd=self.folder, env=self.env, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(_TIMEOUT):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Run(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def world(folder: Path) -> AsyncGenerator[World]:
    """A world whose base holds `IMAGE`, and whose other registries are empty."""
    token = sample_token("8d1b1a3c-0000-4000-8000-000000000000", "https://containerregistry.azure.net")
    registries = {
        "base": Registry("base", auth=Basic(PROMOTER, _PASSWORD)),
        "test": Registry("test"),
        "prod": Registry("prod", auth=Acr(azure_tokens=frozenset({token}))),
    }
    async with AsyncExitStack() as stack:
        hosts = {name: await stack.enter_async_context(serve_registry(each)) for name, each in registries.items()}
        login = base64.b64encode(f"{PROMOTER}:{_PASSWORD}".encode()).decode()
        (folder / "config.json").write_text(json.dumps({"auths": {hosts["base"]: {"auth": login}}}))
        (folder / "token").write_text(token)
        made = World(folder, registries, hosts, Signer())
        made.signer.public(folder / "cosign.pub")
        made.settle("")
        made.push("base", NEW, "1.0.0")
        yield made

"""What a command imports: what it uses, and nothing else. A fresh process each, as an operator starts it."""

import json
from pathlib import Path

import pytest

from tests.cli.rooms import Room

FOREIGN = ("textual", "rich", "docker", "requests", "azure", "msal", "cryptography", "aiohttp")
UNUSED = ("tui.ui", "tui.sandbox", "tui.notify", "tui.trust", "tui.azure", "tui.registry.acr", "tui.engine.docker")
NEEDLESS = ("platformdirs", "tempfile", "shutil", "uuid", "platform")
"""What finds a folder, a program or a name: longer to import than all that these commands would have of it."""

OTHERWISE = ("tui.engine.acr_import", "tui.usecases.survey", "tui.domain.board")
"""What promotes otherwise, or chooses by drift."""

CARRYING = ("tui.domain.plan", "tui.domain.verdict", "tui.ports.engine")
"""What promotions are made of, which a command that only looks does without."""

TELLING = ("tui.domain.history", "tui.domain.notification", "tui.ports.notify", "tui.ports.trust")
"""What is told afterwards, and what only some environments ask for."""

EARLY = ("textual", "rich", "asyncio", "sqlite3", "ssl", "tomllib", "json", "socket", "logging")
"""What takes longer to import than the last known board may take to be there."""


@pytest.fixture(scope="module")
def plain(room: Room, demo: str) -> str:
    """Settings with plain registries alone, which take anybody."""
    del demo
    told = (room.folder / "demo" / "windlass.toml").read_text()
    hosts = [line.partition("=")[2].strip() for line in told.splitlines() if line.startswith("registry =")]
    file = room.folder / "plain.toml"
    file.write_text(
        "\n".join(
            f'[[environment]]\nname = "{name}"\nregistry = {json.dumps(json.loads(host))}\nauth = "anonymous"\n'
            for name, host in zip(("base", "dev", "test"), hosts, strict=False)
        )
    )
    return str(file)


def within(loaded: set[str], *packages: str) -> set[str]:
    """Those of `loaded` that are one of `packages` or in one."""
    return {name for name in loaded if any(name == each or name.startswith(f"{each}.") for each in packages)}


def test_help_takes_argparse_and_the_table_of_commands(room: Room) -> None:
    loaded = room.loaded("--help")
    assert within(loaded, "tui") <= {
        "tui",
        "tui.cli",
        "tui.cli.main",
        "tui.cli.arguments",
        "tui.cli.arguments_verb",
        "tui.cli.commands",
        "tui.cli.exits",
        "tui.cli.output",
        "tui.domain",
        "tui.domain.text",
    }
    assert within(loaded, *FOREIGN, "asyncio", "sqlite3", "ssl", "json", "platformdirs", "tomllib") == set()


def test_status_takes_registries_and_the_journal(room: Room, plain: str) -> None:
    loaded = room.loaded("status", "--config", plain)
    assert within(loaded, "tui.usecases.survey", "tui.registry.client", "tui.journal.sqlite")
    assert within(loaded, *FOREIGN, *UNUSED, *NEEDLESS, *CARRYING, "tui.engine") == set()


def test_history_takes_the_journal_alone(room: Room, plain: str) -> None:
    loaded = room.loaded("history", "--config", plain)
    assert within(loaded, "tui.journal.sqlite")
    assert within(loaded, *FOREIGN, *UNUSED, *NEEDLESS, "tui.engine", "tui.registry", "tui.usecases.survey") == set()


def test_plan_takes_the_engine_that_carries(room: Room, plain: str) -> None:
    loaded = room.loaded("plan", "data/ingest:3.11.1", "--to", "dev", "--config", plain)
    assert within(loaded, "tui.usecases.planning", "tui.engine.direct")
    assert within(loaded, *FOREIGN, *UNUSED, *NEEDLESS, *TELLING, *OTHERWISE) == set()


def test_promote_takes_the_engine_that_carries(room: Room, plain: str) -> None:
    loaded = room.loaded("promote", "data/ingest:3.11.1", "--to", "dev", "--yes", "--config", plain)
    assert within(loaded, "tui.usecases.promote", "tui.engine.direct")
    assert within(loaded, *FOREIGN, *UNUSED, *NEEDLESS, *TELLING, *OTHERWISE) == set()


def test_the_last_known_board_waits_for_nothing(room: Room) -> None:
    script = "import sys, tui.cli.main, tui.cli.board, tui.wiring.board, tui.wiring.last_known; print(*sys.modules)"
    assert within(set(room.python("-c", script).stdout.split()), *EARLY) == set()


def test_a_journal_is_where_nobody_asked_for_a_board(room: Room, plain: str) -> None:
    room.run("status", "--config", plain)
    assert list((room.folder / "DATA" / "windlass").glob("board-*")) == []
    assert Path(plain).exists()

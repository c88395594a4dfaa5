"""Two processes that share a journal promote different digests to one tag: one is told that the tag moved."""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.rooms import TIMEOUT, Room
from tests.lab import picture
from tests.real import docker_registry
from tests.upload import upload
from tui.domain.reference import Reference, Repository, Tag
from tui.journal.sqlite import SqliteJournal

pytestmark = pytest.mark.real

IMAGES = {"1.0": picture(1), "2.0": picture(2)}
REPOSITORY = Repository("shop/api")


@dataclass(frozen=True, slots=True)
class Pier:
    """Two registries behind settings; every process keeps the one journal in the room."""

    room: Room
    target: Reference
    places: dict[str, str]

    @property
    def journal(self) -> Path:
        return Path(self.room.env["XDG_DATA_HOME"]) / "windlass" / "journal.db"

    def start(self, tag: str) -> "subprocess.Popen[str]":
        """Begins to promote `tag` of the base to the one tag of the target."""
        return self.room.start("promote", f"{REPOSITORY}:{tag}", "--to", "dev", "--as", "stable", "--yes", "--json")

    def events(self) -> Sequence[dict[str, str]]:
        """All that is journalled, in order."""
        try:
            with closing(sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True)) as connection:
                rows = connection.execute("SELECT document FROM events ORDER BY number").fetchall()
        except sqlite3.OperationalError:  # nobody has made it yet
            return []
        return [json.loads(document) for (document,) in rows]


@pytest.fixture
def pier(tmp_path: Path) -> Iterator[Pier]:
    with docker_registry(tmp_path) as base, docker_registry(tmp_path) as dev:
        for tag, image in IMAGES.items():
            upload(base.host, REPOSITORY, tag, image)
        (tmp_path / "windlass.toml").write_text(
            f'repositories = ["{REPOSITORY}"]\n'
            f'[[environment]]\nname = "base"\nregistry = "{base.host}"\n'
            f'[[environment]]\nname = "dev"\nregistry = "{dev.host}"\n'
        )
        places = {"base": f"{base.host}/", "dev": f"{dev.host}/"}
        yield Pier(Room(tmp_path), Reference(dev.host, REPOSITORY, Tag("stable")), places)


async def test_the_second_to_write_is_told_that_the_tag_moved(pier: Pier) -> None:
    journal = SqliteJournal(pier.journal, pier.places)
    async with asyncio.timeout(TIMEOUT):
        async with journal.holding(pier.target):  # so that both have planned before either may write
            processes = [pier.start(tag) for tag in IMAGES]
            while sum(event["event"] == "StepStarted" and event["step"] == "tag" for event in pier.events()) < 2:
                assert all(process.poll() is None for process in processes)
                await asyncio.sleep(0.05)
    ended = [(process, *process.communicate(timeout=TIMEOUT)) for process in processes]
    await journal.close()
    assert sorted(process.returncode for process, *_ in ended) == [0, 5]
    winner = next(tag for tag, (process, *_) in zip(IMAGES, ended, strict=True) if process.returncode == 0)
    told = next(err for process, _, err in ended if process.returncode == 5)
    assert f"the target dev/{REPOSITORY}:stable moved: the plan saw missing, now it is {IMAGES[winner].digest}" in told
    _check_the_journal(pier, winner)


def _check_the_journal(pier: Pier, winner: str) -> None:
    """Both are in it, each whole and in order, and the chain holds."""
    events = pier.events()
    endings = [event for event in events if event["event"] in {"PromotionSucceeded", "PromotionRefused"}]
    moves = [event for event in events if event["event"] == "TagMoved"]
    assert {event["event"] for event in endings} == {"PromotionSucceeded", "PromotionRefused"}
    assert [(move["old"], move["new"]) for move in moves] == [(None, str(IMAGES[winner].digest))]
    refused = next(event for event in endings if event["event"] == "PromotionRefused")
    assert events.index(moves[0]) < events.index(refused)
    assert pier.room.run("history", "--verify").returncode == 0


def test_many_at_once_never_overwrite_what_they_did_not_see(pier: Pier) -> None:
    processes = [pier.start(tag) for tag in [*IMAGES] * 3]
    told = [process.communicate(timeout=TIMEOUT)[1] for process in processes]
    assert {process.returncode for process in processes} <= {0, 5}, "\n".join(told)
    moves = [event for event in pier.events() if event["event"] == "TagMoved"]
    held = [None, *(move["new"] for move in moves)]
    assert [move["old"] for move in moves] == held[:-1], "each overwrote just what the one before had written"
    assert pier.room.run("history", "--verify").returncode == 0

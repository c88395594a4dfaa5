"""Undo by the program as a user runs it, over registries of several kinds; the journal tells and proves all of it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.rooms import Room
from tests.lab import picture
from tests.real import docker_registry
from tests.upload import tags, upload
from tui.domain.reference import Digest

OLD, NEW = picture(1), picture(2)
IMAGE = "shop/api:1.0"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registries of CNCF distribution behind settings."""

    room: Room
    base: str
    dev: str

    def promote(self) -> None:
        assert self.room.run("promote", IMAGE, "--to", "dev", "--yes").returncode == 0

    def held(self) -> str | None:
        """What dev holds, as the program sees it."""
        told = json.loads(self.room.run("status", "--json").stdout)
        return told["rows"][0]["cells"]["dev"]["digest"]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with docker_registry(tmp_path) as base, docker_registry(tmp_path) as dev:
        upload(base.host, "shop/api", "1.0", NEW)
        (tmp_path / "windlass.toml").write_text(
            f'repositories = ["shop/api"]\n'
            f'[[environment]]\nname = "base"\nregistry = "{base.host}"\n'
            f'[[environment]]\nname = "dev"\nregistry = "{dev.host}"\n'
        )
        yield Pair(Room(tmp_path), base.host, dev.host)


@pytest.mark.real
def test_what_was_replaced_is_put_back_and_the_undo_undone(pair: Pair) -> None:
    upload(pair.dev, "shop/api", "1.0", OLD)
    pair.promote()
    undone = ""
    for held in (OLD, NEW):
        done = pair.room.run("undo", *filter(None, [undone]), "--yes", "--json")
        assert done.returncode == 0, done.stderr
        assert pair.held() == str(held.digest)
        undone = json.loads(done.stdout.splitlines()[0])["promotion"]
    told = json.loads(pair.room.run("history", "--json").stdout)["attempts"]
    assert [item["outcome"] for item in told] == ["succeeded"] * 3
    assert [item["occasion"] for item in told] == [
        f"undo {told[1]['promotion']}",
        f"undo {told[2]['promotion']}",
        None,
    ]
    lines = pair.room.run("history", IMAGE).stdout.splitlines()
    again, first, promoted = (line for line in lines if "  dev  " in line)
    assert again.endswith(f"put back {NEW.digest.short} (undo {told[1]['promotion']}), was {OLD.digest.short}")
    assert first.endswith(f"put back {OLD.digest.short} (undo {told[2]['promotion']}), was {NEW.digest.short}")
    assert f"promoted {NEW.digest.short} from base, was {OLD.digest.short}" in promoted


@pytest.mark.real
def test_a_registry_that_deletes_whole_manifests_only_loses_nothing(pair: Pair) -> None:
    pair.promote()
    done = pair.room.run("undo", "--yes")
    assert done.returncode == 1
    assert "by hand" in done.stderr
    assert "1.0" in tags(pair.dev, "shop/api")


@pytest.mark.real
def test_the_journal_proves_itself_until_somebody_edits_it(pair: Pair) -> None:
    pair.promote()
    whole = pair.room.run("history", "--verify")
    assert (whole.returncode, whole.stdout.split()[0]) == (0, "all")
    (promotion,) = (item["promotion"] for item in json.loads(pair.room.run("history", "--json").stdout)["attempts"])
    one = pair.room.run("history", "--promotion", promotion[:4])
    assert one.returncode == 0
    assert "done in" in one.stdout
    with closing(sqlite3.connect(Path(pair.room.env["XDG_DATA_HOME"]) / "windlass" / "journal.db")) as connection:
        connection.execute("UPDATE events SET document = replace(document, 'direct', 'docker')")
        connection.commit()
    edited = pair.room.run("history", "--verify")
    assert (edited.returncode, edited.stdout) == (1, "")
    assert "NOT as it was recorded: event 1 " in edited.stderr


def promoted_as(room: Room, demo: str) -> str:
    """The id of the promotion before the last thing that was done."""
    return json.loads(room.run("history", "--json", "--config", demo).stdout)["attempts"][1]["promotion"]


@pytest.mark.parametrize("target", ["dev", "test"])
def test_a_tag_that_was_created_is_taken_away(room: Room, demo: str, target: str) -> None:
    """`dev` speaks the distribution API alone, `test` is of Azure's kind; the image stays in both."""
    source = {"dev": "base", "test": "dev"}[target]
    rows = json.loads(room.run("status", "--json", "--config", demo).stdout)["rows"]
    row = next(
        row
        for row in rows
        if row["cells"][target]["state"] == "missing"
        and row["cells"][source]["digest"] == row["cells"]["base"]["digest"]
        and not row.get("aliases")
    )
    image = f"{row['repository']}:{row['tag']}"
    promoted = room.run("promote", image, "--to", target, "--yes", "--config", demo)
    assert promoted.returncode == 0, promoted.stderr
    done = room.run("undo", "--yes", "--json", "--config", demo)
    assert done.returncode == 0, done.stderr
    names = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert names == ["StepStarted", "TagRemoved", "StepStarted", "PromotionSucceeded"]
    told = room.run("history", image, "--config", demo).stdout.splitlines()[1]
    digest = Digest.parse(row["cells"]["base"]["digest"])
    assert f"{target} " in told
    assert f"taken away (undo {promoted_as(room, demo)}), had {digest.short}" in told
    again = room.run("undo", json.loads(done.stdout.splitlines()[0])["promotion"], "--yes", "--config", demo)
    assert again.returncode == 0, again.stderr
    assert str(digest) in again.stdout
    assert room.run("history", "--verify", "--config", demo).returncode == 0

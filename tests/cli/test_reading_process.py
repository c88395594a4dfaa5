"""`status --explain`, `where` and `history` as processes, against the sample registries."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.rooms import TIMEOUT, Room


@pytest.fixture(scope="module")
def rows(room: Room, demo: str) -> list[dict[str, Any]]:
    """What `status` says of the sample world, which the journal has seen from then on."""
    return json.loads(room.run("status", "--config", demo, "--json").stdout)["rows"]


@pytest.fixture(scope="module")
def explained(room: Room, demo: str) -> dict[str, Any]:
    """What `status --explain` says of the sample world."""
    done = room.run("status", "--config", demo, "--explain", "--json")
    assert done.returncode == 4, "the sample world forbids one repository"
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def test_every_cell_that_differs_says_why_or_what_was_missing(explained: dict[str, Any]) -> None:
    cells = [cell for row in explained["rows"] for cell in row["cells"].values() if cell["state"] == "differs"]
    assert cells
    for cell in cells:
        assert ("reason" in cell) != ("undecided" in cell)
        assert cell.get("evidence") or cell.get("undecided")


def test_only_cells_that_differ_have_a_reason(explained: dict[str, Any]) -> None:
    others = [cell for row in explained["rows"] for cell in row["cells"].values() if cell["state"] != "differs"]
    assert not any({"reason", "evidence", "layers", "undecided"} & cell.keys() for cell in others)


def test_the_reasons_stand_below_the_table(room: Room, demo: str, explained: dict[str, Any]) -> None:
    row, name = next(
        (row, name) for row in explained["rows"] for name, cell in row["cells"].items() if cell.get("reason")
    )
    done = room.run("status", "--config", demo, "--explain")
    _, _, reasons = done.stdout.partition("\n\n")
    reason = row["cells"][name]["reason"]
    assert f"{name} {row['repository']}:{row['tag']}  {reason}: " in reasons
    assert "why cells differ: " in done.stderr


def test_where_finds_a_digest_in_every_environment_that_holds_it(
    room: Room, demo: str, rows: list[dict[str, Any]]
) -> None:
    row = next(row for row in rows if row["cells"]["prod"]["state"] == "in-sync")
    digest = row["cells"]["base"]["digest"]
    done = room.run("where", digest, "--repo", row["repository"], "--config", demo, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["unread"]) == (0, [])
    assert {each["digest"] for each in document["found"]} == {digest}
    assert {"base", "prod"} <= {each["environment"] for each in document["found"]}


def test_where_nothing_is_found_and_all_was_read_is_1(room: Room, demo: str) -> None:
    done = room.run("where", "sha256:0000000000", "--repo", "shop/api", "--config", demo)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no environment holds sha256:0000000000" in done.stderr


def test_history_contacts_nothing(room: Room, rows: list[dict[str, Any]], demo: str) -> None:
    assert rows
    assert room.imported("history", "shop/api", "--config", demo) == {"sqlite3"}


def test_history_tells_what_a_status_saw(room: Room, rows: list[dict[str, Any]], demo: str) -> None:
    row = next(row for row in rows if row["repository"] == "shop/api" and row["cells"]["base"]["digest"])
    done = room.run("history", f"shop/api:{row['tag']}", "--config", demo, "--json")
    sightings = json.loads(done.stdout)["sightings"]
    assert done.returncode == 0
    assert ("base", row["cells"]["base"]["digest"]) in {(each["environment"], each["digest"]) for each in sightings}


def test_history_of_what_nobody_knows_names_the_nearest(room: Room, rows: list[dict[str, Any]], demo: str) -> None:
    assert rows
    done = room.run("history", "shop/apii", "--config", demo)
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean shop/api?" in done.stderr


@pytest.mark.parametrize("argv", [["where", "sha256:0000", "--json"], ["history", "shop/api"]])
def test_a_reader_that_goes_away_is_quiet(room: Room, demo: str, argv: list[str]) -> None:
    process = room.start(*argv, "--config", demo)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read()
    process.wait(TIMEOUT)
    assert "Broken" not in told
    assert "Traceback" not in told


def test_a_journal_that_cannot_be_read_is_told_with_its_place(tmp_path: Path, demo: str) -> None:
    journal = tmp_path / "DATA" / "windlass" / "journal.db"
    journal.parent.mkdir(parents=True)
    journal.write_text("no database at all " * 100)
    done = Room(tmp_path).run("history", "--config", demo)
    assert done.returncode == 1
    assert f"the journal {journal} cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_streams_that_were_closed_before_it_began_are_no_fault(room: Room, demo: str) -> None:
    words = f"{sys.executable} -m tui history --json --config {demo}"
    done = room.python(
        "-c", f"import subprocess, sys; sys.exit(subprocess.call({words + ' >&- 2>&- <&-'!r}, shell=True))"
    )
    assert done.returncode == 0

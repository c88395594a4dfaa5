"""A journal that cannot be written stops a promotion before anything is written to its target, with a sentence."""

import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.rooms import Room
from tests.upload import tags

IMAGE = "shop/api:latest"
LIMITED = (
    "import os, resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))\n"
    "os.execv(sys.executable, [sys.executable, '-m', 'tui', *sys.argv[2:]])\n"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A room whose journal is in trouble, and the settings of the sample registries."""

    room: Room
    config: str

    @property
    def folder(self) -> Path:
        return Path(self.room.env["XDG_DATA_HOME"]) / "windlass"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"

    @property
    def words(self) -> list[str]:
        return ["promote", IMAGE, "--to", "dev", "--as", "never-written", "--yes", "--config", self.config]

    def begin(self) -> None:
        """A journal that is as it should be."""
        assert self.room.run("history", "--verify", "--config", self.config).returncode == 0
        assert self.journal.exists()


@pytest.fixture
def case(tmp_path: Path, demo: str) -> Case:
    return Case(Room(tmp_path), demo)


def tags_in_dev(case: Case) -> list[str]:
    """The tags of the repository, asked of the registry itself."""
    found = re.search(r'name = "dev"[^\[]*?registry = "([^"]+)"', Path(case.config).read_text())
    assert found
    return tags(found[1], "shop/api")


def check_stopped(case: Case, done: "subprocess.CompletedProcess[str]", told: str) -> None:
    """It failed with a sentence that names the journal, and the target has no such tag."""
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"windlass: the journal {case.journal} cannot be used: ")
    assert told in last
    assert "never-written" not in tags_in_dev(case)


def test_a_journal_as_it_should_be_lets_it_through(case: Case) -> None:
    """So that the others stop for no other reason. The tag is another one: the registries are shared."""
    words = ["written" if word == "never-written" else word for word in case.words]
    done = case.room.run(*words)
    assert done.returncode == 0, done.stderr
    assert "written" in tags_in_dev(case)


def test_a_file_in_the_place_of_its_directory(case: Case) -> None:
    case.folder.parent.mkdir(parents=True)
    case.folder.write_text("in the way")
    check_stopped(case, case.room.run(*case.words), "File exists")


def test_a_directory_in_its_place(case: Case) -> None:
    case.journal.mkdir(parents=True)
    check_stopped(case, case.room.run(*case.words), "unable to open")


def test_a_directory_that_may_not_be_written(case: Case) -> None:
    case.begin()
    case.folder.chmod(0o500)
    try:
        check_stopped(case, case.room.run_bound(*case.words), "")
    finally:
        case.folder.chmod(0o700)


def test_garbage_in_its_place(case: Case) -> None:
    case.folder.mkdir(parents=True)
    case.journal.write_bytes(b"garbage " * 2000)
    check_stopped(case, case.room.run(*case.words), "file is not a database; move it away to begin a new one")
    assert case.journal.read_bytes() == b"garbage " * 2000


def test_garbage_within_it(case: Case) -> None:
    case.begin()
    whole = bytearray(case.journal.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    case.journal.write_bytes(whole)
    check_stopped(case, case.room.run(*case.words), "malformed")


def test_a_disk_that_is_full(case: Case) -> None:
    """No file may become longer than the journal is: what SQLite writes beside it finds no room."""
    case.begin()
    check_stopped(case, case.room.python("-c", LIMITED, "8192", *case.words), "free space")


def test_another_that_never_lets_go_of_it(case: Case) -> None:
    case.begin()
    with closing(sqlite3.connect(case.journal)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        check_stopped(case, case.room.run(*case.words), "database is locked; another program keeps it: let that end")

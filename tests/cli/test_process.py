"""The command as a process: what it imports, what it prints, how it ends; and the whole way against `demo --serve`."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.rooms import TIMEOUT, Room


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_light_options_import_nothing_heavy(room: Room, option: str) -> None:
    assert room.imported(option) == set()


@pytest.fixture(scope="module")
def plain(demo: str) -> str:
    """The settings of the sample world without the registries of Azure's kind."""
    _, *tables = Path(demo).read_text().split("[[environment]]")
    file = Path(demo).with_name("plain.toml")
    file.write_text("".join(f"[[environment]]{table}" for table in tables if 'kind = "oci"' in table))
    return str(file)


def test_status_imports_no_screen_and_no_engine(room: Room, plain: str) -> None:
    assert room.imported("status", "--config", plain) == {"sqlite3"}


def test_a_promotion_between_plain_registries_imports_nothing_of_azure(room: Room, plain: str) -> None:
    assert "azure" not in room.imported("plan", "shop/api:latest", "--to", "dev", "--config", plain)


def test_lists_of_azure_registries_import_its_sdk(room: Room, demo: str) -> None:
    assert "azure" in room.imported("status", "--config", demo)


def test_version(room: Room) -> None:
    done = room.run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("windlass ")


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["status"], "windlass demo"),
        (["status", "--config", "gone.toml"], "gone.toml: there is no such file (--config)"),
        (["nonsense"], "invalid choice"),
        ([], "windlass status"),
        (["demo"], "needs a terminal"),
    ],
)
def test_usage_and_settings_end_with_2(room: Room, argv: list[str], told: str) -> None:
    done = room.run(*argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_the_file_is_told_with_its_line(room: Room) -> None:
    (room.folder / "bad.toml").write_text("[[environment]]\nname = 'a'\nregistri = 'b'\n")
    done = room.run("status", "--config", "bad.toml")
    assert done.returncode == 2
    assert "bad.toml:3: environment.registri: unknown key 'registri'; did you mean registry?" in done.stderr


def test_an_unreachable_registry(room: Room) -> None:
    text = "repositories = ['a']\n"
    text += "".join(
        f"[[environment]]\nname = '{name}'\nregistry = '127.0.0.1:1'\nprefix = '{name}/'\n" for name in "xy"
    )
    (room.folder / "dead.toml").write_text(text)
    assert room.run("status", "--config", "dead.toml").returncode == 4
    assert room.run("plan", "a:1", "--to", "y", "--config", "dead.toml").returncode == 1


def test_promoted_is_in_sync_afterwards(room: Room, demo: str) -> None:
    before = room.run("status", "--config", demo, "--json")
    document = json.loads(before.stdout)
    assert before.returncode == 4, "the sample world forbids one repository"
    assert {error["environment"] for error in document["errors"]} == {"test"}
    row = next(
        row for row in document["rows"] if [row["cells"][n]["state"] for n in ("dev", "test")] == ["in-sync", "missing"]
    )
    image, digest = f"{row['repository']}:{row['tag']}", row["cells"]["base"]["digest"]

    planned = room.run("plan", image, "--to", "test", "--config", demo, "--json")
    assert planned.returncode == 0
    assert json.loads(planned.stdout)["plans"][0]["digest"] == digest

    assert room.run("promote", image, "--to", "test", "--config", demo).returncode == 5
    assert room.run("--read-only", "promote", image, "--to", "test", "--config", demo, "--yes").returncode == 5

    done = room.run("promote", image, "--to", "test", "--config", demo, "--yes", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, events[-1]["event"], events[-1]["digest"]) == (0, "PromotionSucceeded", digest)

    narrow = ["--repo", row["repository"], "--tag", f"^{row['tag']}$"]
    after = json.loads(room.run("status", "--config", demo, "--json", *narrow).stdout)
    assert after["rows"][0]["cells"]["test"]["state"] == "in-sync"


def test_a_reader_that_goes_away_is_quiet(room: Room, demo: str) -> None:
    process = room.start("status", "--config", demo)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert "Broken" not in process.stderr.read()
    assert process.wait(TIMEOUT) == 4


def test_no_board_on_a_dumb_terminal(room: Room) -> None:
    controller, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "tui", "demo"],
        cwd=room.folder, env=room.env | {"TERM": "dumb"}, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE,
        text=True, timeout=TIMEOUT,
    )  # fmt: skip
    os.close(terminal)
    os.close(controller)
    assert done.returncode == 2
    assert "TERM=dumb" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_question_with_130(room: Room, demo: str, number: signal.Signals) -> None:
    controller, terminal = pty.openpty()
    argv = ["promote", missing_in_prod(room, demo), "--from", "base", "--to", "prod", "--config", demo]
    process = room.start(*argv, stdin=terminal, stderr=terminal)
    os.close(terminal)
    shown = read_until(controller, "Type its name")
    assert "(protected)" in shown
    process.send_signal(number)
    assert "the target's tags are as they were" in read_until(controller, "as they were")
    assert process.wait(TIMEOUT) == 130
    os.close(controller)


def missing_in_prod(room: Room, demo: str) -> str:
    """An image that the base has and prod has not."""
    rows = json.loads(room.run("status", "--config", demo, "--json").stdout)["rows"]
    row = next(row for row in rows if row["cells"]["prod"]["state"] == "missing")
    return f"{row['repository']}:{row['tag']}"


def test_an_interrupted_promotion_leaves_the_tag(room: Room, demo: str) -> None:
    argv = ["promote", missing_in_prod(room, demo), "--from", "base", "--to", "prod", "--config", demo]
    process = room.start(*argv, "--yes", "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "PromotionStarted"
    process.send_signal(signal.SIGTERM)
    told, narrated = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    assert json.loads(told.splitlines()[-1])["event"] == "PromotionCancelled"
    assert "is as it was: missing" in narrated
    assert room.run(*argv, "--dry-run").stdout.count("the tag will be created") == 1


def test_a_protected_target_is_confirmed_by_its_name(room: Room, demo: str) -> None:
    controller, terminal = pty.openpty()
    argv = ["promote", missing_in_prod(room, demo), "--from", "base", "--to", "prod", "--config", demo]
    process = room.start(*argv, stdin=terminal, stderr=terminal)
    os.close(terminal)
    read_until(controller, "Type its name")
    os.write(controller, b"prod\n")
    assert "done in" in read_until(controller, "done in")
    assert process.wait(TIMEOUT) == 0
    os.close(controller)


def read_until(terminal: int, text: str) -> str:
    """What came on `terminal` until `text` did."""
    shown, deadline = "", time.monotonic() + TIMEOUT
    while text not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
    assert text in shown, shown
    return shown


def test_serving_never_overwrites_what_it_did_not_write(room: Room) -> None:
    folder = room.folder / "theirs"
    folder.mkdir()
    (folder / "windlass.toml").write_text("# mine\n")
    done = room.run("demo", "--serve", "--dir", str(folder))
    assert done.returncode == 2
    assert "left alone" in done.stderr
    assert (folder / "windlass.toml").read_text() == "# mine\n"


def test_serving_again_writes_its_own_anew(room: Room) -> None:
    for _ in range(2):
        process = room.start("demo", "--serve", "--dir", "again/deep")
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 0
        assert told["environments"]["base"] in Path(told["config"]).read_text()

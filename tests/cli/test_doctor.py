"""`doctor`: what is found, what mends it, and the exit code; nothing is written and no secret is shown."""

import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.fakes import make_recorder
from tests.cli.rooms import Room
from tests.lab import picture
from tests.notify.receivers import receiver
from tui.cli.commands import Common
from tui.cli.commands_starting import DoctorCommand
from tui.cli.doctor import doctor
from tui.cli.doctor_machine import clipboard_finding, journal_findings, terminal_findings
from tui.cli.doctor_text import finding_lines, summary_line
from tui.cli.exits import Exit
from tui.cli.output import Console
from tui.domain.finding import Finding, Health, doubtful, fine, worst, wrong
from tui.sandbox import images
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

SECRET = "s3cr3t-hunter2"


@dataclass(frozen=True, slots=True)
class Examined:
    """The exit code and the findings."""

    code: Exit
    findings: Sequence[dict[str, Any]]

    def of(self, area: str, state: str = "") -> list[str]:
        """What was found of `area`."""
        return [each["what"] for each in self.findings if each["area"] == area and state in {"", each["state"]}]

    def mend(self, what: str) -> str:
        """What mends the one finding that says `what`."""
        (found,) = [each for each in self.findings if what in each["what"]]
        return found["mend"]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No journal and no settings of anybody else."""
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    monkeypatch.delenv("WINDLASS_CONFIG", raising=False)


async def examine(tmp_path: Path, text: str, *, notifies: bool = False, **env: str) -> Examined:
    """What the doctor says of the settings `text`."""
    file = tmp_path / "windlass.toml"
    file.write_text(text)
    recorder = make_recorder()
    command = DoctorCommand(Common(str(file)), notifies, as_json=True)
    code = await doctor(command, recorder.console, {**os.environ, **env})
    assert recorder.document["schema"] == 1
    assert SECRET not in recorder.out + recorder.err
    return Examined(code, recorder.document["findings"])


class Utf8(io.StringIO):
    """A terminal that shows every letter."""

    encoding = "utf-8"  # pyright: ignore[reportAssignmentType, reportIncompatibleVariableOverride]

    def isatty(self) -> bool:
        return True


def environments(*hosts: str, more: str = "") -> str:
    table = '[[environment]]\nname = "e{}"\nregistry = "{}"\nauth = "anonymous"\n'
    return "".join(table.format(at, host) for at, host in enumerate(hosts)) + more


async def test_all_is_well(tmp_path: Path) -> None:
    base, dev = Registry("base"), Registry("dev")
    images.push_into(base, "shop/api", picture(), "1.0")
    async with serve_registry(base) as first, serve_registry(dev) as second:
        found = await examine(tmp_path, environments(first, second))
    assert found.code == Exit.DONE
    assert {each["state"] for each in found.findings} == {"ok"}
    told, *values = found.of("settings")
    assert told == f"{tmp_path}/windlass.toml (named by --config)"
    assert values[1].startswith(f"e1: registry {second} (line 7), kind oci (default), auth anonymous (line 8)")
    here, there, writing = found.of("registries")
    assert here.startswith(f"e0: {first} answers in ")
    assert here.endswith(" s, anonymously; shop/api can be read")
    assert there.endswith("; it has no shop/api yet")
    assert "nothing was written to find out" in writing


async def test_unreachable_registry_is_wrong_with_a_command(tmp_path: Path) -> None:
    found = await examine(tmp_path, 'repositories = ["shop/api"]\n' + environments("127.0.0.1:9"))
    assert found.code == Exit.FAILED
    (told,) = found.of("registries", "wrong")
    assert told == "e0: 127.0.0.1:9: cannot list the tags of shop/api: the connection is refused"
    assert found.mend(told) == "curl -sS http://127.0.0.1:9/v2/"


async def test_hooks_are_looked_at_without_telling_them(tmp_path: Path) -> None:
    async with receiver() as taken:
        hooks = f"""notify = [
            {{ webhook = "{taken.address}/{SECRET}", secret_env = "HOOK" }}, {{ webhook_env = "AWAY" }},
            {{ command = ["no-such-program"] }}, {{ command = ["sh", "-c", "exit 3"] }}]"""
        found = await examine(tmp_path, environments("127.0.0.1:9", "127.0.0.1:10", more=hooks), HOOK=SECRET, AWAY="")
    assert found.of("hooks", "ok")[0] == f"e1: webhook {taken.address} as acr"
    assert found.of("hooks", "ok")[1].startswith("e1: command sh is /")
    unset, gone = found.of("hooks", "wrong")
    assert "the environment variable AWAY is not set" in unset
    assert found.mend(unset) == "export AWAY=…"
    assert gone == "e1: command no-such-program: there is no such program"
    assert not taken.requests
    assert not found.of("notify")


async def test_notify_tells_every_hook_a_test(tmp_path: Path) -> None:
    async with receiver() as taken:
        hooks = f"""notify = [
            {{ webhook = "{taken.address}/{SECRET}", secret_env = "HOOK" }},
            {{ command = ["sh", "-c", "echo no such deployment; exit 3"] }}]"""
        text = environments("127.0.0.1:9", "127.0.0.1:10", more=hooks)
        found = await examine(tmp_path, text, notifies=True)
    assert found.code == Exit.FAILED
    assert len(taken.requests) == 0
    assert "the environment variable HOOK is not set: it holds this hook's secret" in found.of("notify", "wrong")[0]
    assert found.of("notify", "wrong")[1] == "e1: command sh: it ended with 3: no such deployment"


async def test_what_hooks_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", SECRET)
    async with receiver() as taken:
        hooks = f'notify = [{{ webhook = "{taken.address}/{SECRET}", secret_env = "HOOK" }}]'
        found = await examine(tmp_path, environments("127.0.0.1:9", "127.0.0.1:10", more=hooks), notifies=True)
    assert found.of("notify") == [f"e1: webhook {taken.address} was told of a test: 200 OK"]
    (request,) = taken.requests
    assert request.document["action"] == "ping"
    assert request.headers["Authorization"] == f"Bearer {SECRET}"


async def test_key_that_cannot_be_used(tmp_path: Path) -> None:
    found = await examine(
        tmp_path, environments("127.0.0.1:9", "127.0.0.1:10", more='gates = { signed_by = ["gone.pem"] }')
    )
    (told,) = found.of("keys", "wrong")
    assert "gone.pem" in told


async def test_docker_engine_that_is_wanted_and_not_there(tmp_path: Path) -> None:
    text = environments("127.0.0.1:9", "127.0.0.1:10")
    (told,) = [each for each in (await examine(tmp_path, text)).of("engines", "ok") if each.startswith("docker")]
    assert told.startswith("docker: not reached, and no environment asks for it")
    wanting = await examine(tmp_path, text + 'engine = "docker"\n')
    (told,) = wanting.of("engines", "wrong")
    assert wanting.mend(told) == 'engine = "direct" for e1'


async def test_settings_that_cannot_be_used(tmp_path: Path) -> None:
    found = await examine(tmp_path, environments("a.example", more="protectd = true"))
    assert found.code == Exit.USAGE
    (told,) = found.of("settings", "wrong")
    assert told == f"{tmp_path}/windlass.toml:5: environment.protectd: unknown key 'protectd'"
    assert found.mend(told) == "did you mean protected?"
    assert found.of("clipboard")
    assert not found.of("registries")


async def test_no_settings_at_all(tmp_path: Path) -> None:
    recorder = make_recorder()
    command = DoctorCommand(Common(str(tmp_path / "gone.toml")))
    assert await doctor(command, recorder.console, {}) == Exit.USAGE
    assert recorder.out.startswith(f"WRONG    settings   {tmp_path}/gone.toml: there is no such file (--config)\n")
    assert "mend: correct the path, or have `windlass init` write it" in recorder.out


def test_journal_not_there_yet(tmp_path: Path) -> None:
    (told,) = journal_findings(tmp_path / "windlass" / "journal.db")
    assert (told.health, "not there yet" in told.what) == (Health.OK, True)
    assert not (tmp_path / "windlass").exists()


def test_size_of_journal_and_memory(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.write_bytes(bytes(2_000_000))
    (tmp_path / "content.db").write_bytes(bytes(512))
    told = [finding.what for finding in journal_findings(file)]
    assert told[0] == f"{file}: 2 MB, can be written"
    assert told[1].startswith(f"{tmp_path}/content.db: 512 B of content")


def journal_told(room: Room) -> dict[str, str]:
    """What the doctor says first of the journal, bound by the modes of files."""
    settings = room.folder / "windlass.toml"
    settings.write_text(environments("127.0.0.1:9"))
    findings = json.loads(room.run_bound("doctor", "--config", str(settings), "--json").stdout)["findings"]
    return next(each for each in findings if each["area"] == "journal")


def test_journal_that_cannot_be_written(room: Room) -> None:
    file = Path(room.env["XDG_DATA_HOME"]) / "windlass" / "journal.db"
    file.parent.mkdir(parents=True)
    file.touch(mode=0o400)
    told = journal_told(room)
    assert (told["state"], told.get("mend")) == ("wrong", f"ls -ld {file}")


def test_directory_in_the_place_of_the_journal(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.mkdir()
    (told,) = journal_findings(file)
    assert (told.health, told.mend) == (Health.WRONG, f"ls -ld {file}")


def test_file_in_the_place_of_the_journals_directory(tmp_path: Path) -> None:
    folder = tmp_path / "windlass"
    folder.touch()
    (told,) = journal_findings(folder / "deeper" / "journal.db")
    assert (told.health, told.mend) == (Health.WRONG, f"ls -ld {folder}")


@pytest.mark.parametrize(
    ("columns", "term", "health", "told"),
    [
        ("120", "xterm-256color", Health.OK, "256 colours, 120 columns"),
        ("60", "xterm-256color", Health.WARNING, "the board wants 80 by 24"),
        ("120", "dumb", Health.WRONG, "TERM=dumb"),
    ],
)
def test_terminal(monkeypatch: pytest.MonkeyPatch, columns: str, term: str, health: Health, told: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "40")
    (finding,) = terminal_findings(Console(Utf8(), Utf8(), Utf8()), {"TERM": term})
    assert (finding.health, told in finding.what) == (health, True)
    assert bool(finding.mend) == (health is not Health.OK)


def test_output_that_is_no_terminal_is_fine() -> None:
    (finding,) = terminal_findings(make_recorder().console, {})
    assert finding.health is Health.OK


@pytest.mark.parametrize(
    ("env", "health", "told"),
    [
        ({"PATH": "", "SSH_TTY": "/dev/pts/1"}, Health.OK, "copies over SSH through the terminal (OSC 52)"),
        ({"PATH": "", "TMUX": "/tmp/tmux"}, Health.WARNING, "tmux has to as well"),
        ({"PATH": "", "DISPLAY": ":0"}, Health.OK, "copies through the terminal"),
    ],
)
def test_clipboard(env: dict[str, str], health: Health, told: str) -> None:
    finding = clipboard_finding(env)
    assert (finding.health, told in finding.what) == (health, True)


def test_clipboard_with_a_tool(tmp_path: Path) -> None:
    (tmp_path / "xclip").write_text("#!/bin/sh\n")
    (tmp_path / "xclip").chmod(0o755)
    assert clipboard_finding({"PATH": str(tmp_path), "DISPLAY": ":0"}) == fine("clipboard", "copies with xclip")


FINDINGS = (fine("a", "one"), doubtful("longer", "two", "do this"), wrong("b", "three", "do that"))


def test_lines_stand_in_columns_with_what_mends_them() -> None:
    assert list(finding_lines(FINDINGS)) == [
        "ok       a       one",
        "warning  longer  two",
        "                 mend: do this",
        "WRONG    b       three",
        "                 mend: do that",
    ]


@pytest.mark.parametrize(
    ("findings", "health", "told"),
    [
        (FINDINGS, Health.WRONG, "1 wrong, 1 warning"),
        (FINDINGS[:2], Health.WARNING, "all is well, with 1 warning"),
        (FINDINGS[:1], Health.OK, "all is well"),
        ((), Health.OK, "all is well"),
    ],
)
def test_summary(findings: Sequence[Finding], health: Health, told: str) -> None:
    assert (worst(findings), summary_line(findings)) == (health, told)


def test_as_a_process_on_the_sample_world(room: Room, demo: str) -> None:
    done = room.run("doctor", "--config", demo)
    assert (done.returncode, done.stderr) == (1, "1 wrong, 0 warnings\n")
    assert "test: of 13 repositories tried 1 cannot be read: platform/metrics: it answers 403" in done.stdout
    assert 'mend: exclude = ["platform/metrics"], or ask for the right to read there' in done.stdout
    assert "as operator@contoso.example" in done.stdout
    assert "acr-import: test to prod can be tried" in done.stdout
    told = json.loads(room.run("doctor", "--config", demo, "--json").stdout)
    assert {each["area"] for each in told["findings"]} >= {"settings", "registries", "engines", "journal", "clipboard"}

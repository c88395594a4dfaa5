"""`report`: what it writes and where, its exit codes, and that a file is whole or as it was."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.fakes import API, Bed, Recorder, make_bed, make_recorder
from tests.cli.rooms import Room
from tui.cli.commands import Common
from tui.cli.commands_reading import ReportCommand, ReportFormat
from tui.cli.exits import Exit, UsageError
from tui.cli.report import report
from tui.cli.report_file import destination, write_report
from tui.domain.explanation import Clue, Explained, Explanation, Question, Reason
from tui.domain.history import History, Sighting
from tui.domain.reference import Tag
from tui.domain.report_style import STYLE
from tui.ports.errors import JournalError, Unreachable, WindlassError

AS_MARKDOWN = ReportCommand(Common(), ReportFormat.MARKDOWN)
AS_HTML = ReportCommand(Common(), ReportFormat.HTML)
DOWN = Unreachable("list tags of shop/api", "t.io", "connection refused")


def moved(question: Question) -> Explanation:
    """Every cell that differs was moved."""
    return Explained(Reason.MOVED, (Clue(f"{question.base_environment} has another"),))


@pytest.fixture
def bed() -> Bed:
    """Everything in sync."""
    bed = make_bed()
    bed.answers = moved
    for name in bed.path.names:
        bed.put(name, "1.0", "one")
    return bed


async def run(
    bed: Bed, command: ReportCommand = AS_MARKDOWN, file: Path | None = None, *, ascii_only: bool = False
) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(ascii_only=ascii_only)
    return await report(command, recorder.console, bed.opener, file), recorder


async def test_in_sync_is_0(bed: Bed) -> None:
    code, printed = await run(bed)
    assert code == Exit.DONE
    assert printed.out.startswith("# Drift report: base → test → prod▲\n")
    assert "**no drift known in 1 tag**" in printed.out


async def test_drift_is_3_and_says_why(bed: Bed) -> None:
    bed.put("test", "1.0", "other")
    code, printed = await run(bed)
    assert code == Exit.DRIFT
    assert "| `1.0` | test | ≠ moved |" in printed.out
    assert "base has another" in printed.out
    assert "why cells differ: 1 moved" in printed.err


async def test_unread_is_4_even_with_drift_and_stands_at_the_top(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed["test"].broken = DOWN
    code, printed = await run(bed)
    assert code == Exit.INCOMPLETE
    told = "test: cannot list tags of shop/api: connection refused"
    assert f"> - {told}\n" in printed.out
    assert printed.out.index(told) < printed.out.index("## Summary")
    assert "could not be read: nothing is said of it" in printed.out
    assert told in printed.err


async def test_html(bed: Bed) -> None:
    code, printed = await run(bed, AS_HTML)
    assert code == Exit.DONE
    assert printed.out.startswith("<!DOCTYPE html>\n")
    assert printed.out.endswith("</html>\n")


async def test_what_was_asked_for_is_told_and_nothing_else_is_counted(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    bed.put("base", "9", "nine", "tools/x")
    command = ReportCommand(Common(), ReportFormat.MARKDOWN, ("shop/*",), re.compile(r"^1\."))
    code, printed = await run(bed, command)
    assert code == Exit.DONE
    assert "Only what --repo 'shop/\\*' --tag '\\^1\\\\.' matches." in printed.out
    assert "in 1 tag" in printed.out


async def test_it_tells_how_far_behind_as_far_as_the_journal_saw(bed: Bed) -> None:
    bed.put("base", "2.0", "two")
    seen = datetime.now(UTC) - timedelta(days=12, minutes=1)
    first = Sighting("base", API, Tag("1.0"), bed.digest("base", "1.0"), seen - timedelta(days=1))
    bed.journal.past = History((first, Sighting("base", API, Tag("2.0"), bed.digest("base", "2.0"), seen)))
    code, printed = await run(bed)
    assert code == Exit.DRIFT
    assert "| · missing |" in printed.out
    assert "shop/api:2.0, at least 12 days behind" in printed.out


async def test_a_journal_that_cannot_be_read_costs_only_the_times(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise JournalError("the journal is locked")

    monkeypatch.setattr(type(bed.journal), "last_changes", fail)
    bed.put("base", "2.0", "two")
    code, printed = await run(bed)
    assert code == Exit.DRIFT
    assert "· missing" in printed.out


async def test_nothing_that_matches_is_said(bed: Bed) -> None:
    code, printed = await run(bed, ReportCommand(Common(), ReportFormat.MARKDOWN, (), re.compile("none")))
    assert code == Exit.FAILED
    assert "--tag none: found in none of" in printed.err
    assert "There is no tag to list." in printed.out


@pytest.mark.parametrize("command", [AS_MARKDOWN, AS_HTML])
async def test_ascii_is_ascii(bed: Bed, command: ReportCommand) -> None:
    bed.put("test", "1.0", "other")
    _, printed = await run(bed, command, ascii_only=True)
    assert printed.out.isascii()
    assert "base -> test -> prod^" in printed.out
    assert "D moved" in printed.out


async def test_a_page_in_ascii_still_has_the_style_sheet_that_its_policy_allows(bed: Bed) -> None:
    _, printed = await run(bed, AS_HTML, ascii_only=True)
    assert f"<style>{STYLE}</style>" in printed.out


# -- files -------------------------------------------------------------------------------------------------------


async def test_a_file_is_written_and_said(bed: Bed, tmp_path: Path) -> None:
    file = tmp_path / "drift.md"
    file.write_text("before")
    code, printed = await run(bed, file=file)
    assert code == Exit.DONE
    assert printed.out == ""
    assert f"wrote {file}" in printed.err
    assert file.read_text().startswith("# Drift report")
    assert list(tmp_path.iterdir()) == [file]


def test_a_relative_name_starts_at_the_current_folder_and_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to("real.md")
    assert destination("link.md", tmp_path) == tmp_path / "real.md"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none/drift.md", "there is no folder"),
        (".", "is a folder"),
        ("/dev/null", "is no file that could be replaced"),
        ("file/drift.md", "there is no folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_beforehand(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=told):
        destination(name, tmp_path)


def test_a_folder_that_may_not_be_written_to_is_refused_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # the superuser may write everywhere
    with pytest.raises(UsageError, match="may not be written to"):
        destination("drift.md", tmp_path)


def test_a_file_that_cannot_be_written_after_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(WindlassError, match="cannot be written: No such file or directory"):
        write_report(tmp_path / "gone" / "drift.md", "text")


def test_half_a_report_never_takes_the_place_of_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "drift.md"
    file.write_text("before")

    def full(number: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WindlassError, match="No space left on device"):
        write_report(file, "after")
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


# -- as a process ------------------------------------------------------------------------------------------------


def test_the_sample_world_is_reported_whole(room: Room, demo: str) -> None:
    done = room.run("report", "--config", demo, "--output", "drift.html", "--format", "html")
    assert done.returncode == 4, "the sample world forbids one repository"
    assert "Traceback" not in done.stderr
    page = (room.folder / "drift.html").read_text()
    assert page.endswith("</html>\n")
    assert "platform/metrics" in page
    for reason in Reason:
        assert f"≠ {reason}" in page
    assert "not explained" not in page
    assert re.search(r"\d+ days behind", page), "when images were made is read as well"


def test_it_needs_neither_a_screen_nor_an_engine(room: Room, demo: str) -> None:
    assert not room.imported("report", "--config", demo, "--repo", "shop/web") & {"textual", "rich", "docker"}


def test_a_missing_folder_is_wrong_usage_before_anything_is_read(room: Room, demo: str) -> None:
    done = room.run("report", "--config", demo, "--output", "none/drift.md")
    assert done.returncode == 2
    assert done.stderr.startswith("windlass: --output: there is no folder ")


def test_help_tells_the_exit_codes(room: Room) -> None:
    told = room.run("report", "--help").stdout
    assert "0 in sync; 1 nothing matches --repo and --tag; 3 drift;" in told
    assert "over what is there" in told

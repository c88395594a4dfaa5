"""Pure formatting, and a console that keeps to its streams."""

import os
from dataclasses import dataclass, replace

import pytest

from tests.cli.fakes import Screen, make_recorder
from tests.strategies import NOW
from tui.cli.board_text import cell_text
from tui.cli.notices import notice_lines
from tui.cli.output import Console
from tui.cli.pace import Pace, progress_line
from tui.domain.drift import Cell, State
from tui.domain.events import BlobAdvanced, Direction, Recorded
from tui.domain.notices import RequestAnswered, RetryScheduled, SignInEnded, SignInRequested, WarningReceived
from tui.domain.progress import Progress
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import TagEntry


def test_progress_adds_up_in_one_line() -> None:
    image = Reference("base.example", Repository("shop/api"), Tag("1.0.0"))
    progress = Progress("p1", image, image, NOW, NOW)
    for done, name in ((500, "a"), (3_000, "b")):
        event = BlobAdvanced(name, Direction.PUSH, done, 3_000)
        progress = progress.advance(Recorded("p1", NOW, image, image, event))
    assert progress_line(progress).startswith("push    58 %  3.5/6 kB  1/2 layers")


def test_a_pace_is_due_once_in_a_while() -> None:
    times = iter([0.0, 0.1, 5.0, 5.1, 10.1])
    pace = Pace(lambda: next(times), 5.0)
    assert [pace.is_due() for _ in range(4)] == [False, True, False, True]


def test_notices() -> None:
    assert notice_lines(RetryScheduled("r.io", "list tags", "429", 8.2))[0].endswith("again in 8 s")
    assert notice_lines(WarningReceived("r.io", "old")) == ("r.io warns: old",)
    assert notice_lines(RequestAnswered("r.io", 0.1)) == ()
    assert notice_lines(SignInEnded("it was declined")) == ("sign-in failed: it was declined",)


def test_a_sign_in_code_stands_on_a_line_of_its_own() -> None:
    before, sentence, *_, code, after = notice_lines(SignInRequested("https://login.example/device", "ABCD1234", 900))
    assert (before, code.strip(), after) == ("", "ABCD1234", "")
    assert "https://login.example/device" in sentence
    assert "15 min" in sentence


def test_nothing_that_steers_a_terminal_gets_out() -> None:
    recorder = make_recorder()
    recorder.console.data("a\x1b[31m\u202e")
    recorder.console.say("b\x9b")
    assert recorder.out.strip("\n").isprintable()
    assert recorder.err.strip("\n").isprintable()


def test_progress_is_wiped_before_the_next_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    recorder = make_recorder(is_terminal=True)
    assert recorder.console.shows_progress
    recorder.console.progress("50 %")
    recorder.console.say("done")
    assert recorder.err == "\r\x1b[K50 %\r\x1b[Kdone\n"


def test_a_reader_that_went_away_is_no_failure() -> None:
    @dataclass
    class Pipe:
        read, write = os.pipe()

    os.close(Pipe.read)
    with os.fdopen(Pipe.write, "w") as stream:
        console = Console(stream, Screen(), Screen())
        console.data("nobody reads this")
        console.data("nor this")


@pytest.mark.parametrize("state", [State.BASE, State.IN_SYNC, State.DIFFERS, State.EXTRA])
def test_a_locked_tag_is_marked_by_a_word(state: State) -> None:
    entry = TagEntry(Tag("1.0.0"), Digest("sha256", "ab" * 32))
    told = cell_text(Cell(state, replace(entry, locked=True)), ascii_only=False)
    assert told == f"{cell_text(Cell(state, entry), ascii_only=False)} locked"

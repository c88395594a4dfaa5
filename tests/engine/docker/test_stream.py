"""Folding of recorded and made-up engine streams."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tui.domain.events import BlobAdvanced, Direction, EngineEvent, How, LineLogged, Side
from tui.engine.docker.stream import Fold
from tui.ports.errors import EngineError

STREAMS = Path(__file__).parent / "streams"
FILES = sorted(STREAMS.glob("*/*.jsonl"))
PUSHES = [path for path in FILES if "push" in path.name]
PULLS = [path for path in FILES if "push" not in path.name]
D = "sha256:" + "ab" * 32


class Ticks:
    """A clock that moves `step` seconds each time it is read."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def lines_of(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def fold_all(
    lines: list[Mapping[str, Any]], direction: Direction, step: float = 1.0, sizes: Mapping[str, int] | None = None
) -> tuple[list[EngineEvent], Fold, EngineError | None]:
    fold = Fold(direction, "do it", sizes, Ticks(step))
    events: list[EngineEvent] = []
    try:
        for line in lines:
            for event in fold.feed(line):
                events.append(event)
        events += fold.flush()
    except EngineError as error:
        return events, fold, error
    return events, fold, None


def direction_of(path: Path) -> Direction:
    return Direction.PUSH if path in PUSHES else Direction.PULL


def results() -> Iterator[tuple[str, str, str, str | None]]:
    """(store, case, digest at the source, digest at the target) of every case that was recorded to its end."""
    for path in STREAMS.glob("*/results*.json"):
        for case, source, target, *_ in json.loads(path.read_text()):
            if isinstance(target, list):
                yield path.parent.name, case, source[1], target[1]


RESULTS = sorted(results(), key=str)


def test_streams_are_there() -> None:
    assert len(FILES) > 75
    assert len(RESULTS) > 25


@pytest.mark.parametrize(("store", "case", "pulled", "pushed"), RESULTS)
def test_digests_are_those_the_registries_then_held(store: str, case: str, pulled: str, pushed: str | None) -> None:
    _, fold, error = fold_all(lines_of(STREAMS / store / f"{case}-pull.jsonl"), Direction.PULL)
    assert error is None
    assert str(fold.digest) == pulled
    _, fold, error = fold_all(lines_of(STREAMS / store / f"{case}-push.jsonl"), Direction.PUSH)
    if pushed is None:
        assert error is not None
        assert "missing content" in str(error)
    else:
        assert error is None
        assert str(fold.digest) == pushed


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_stream_folds_to_a_digest_or_an_engine_error(path: Path) -> None:
    events, fold, error = fold_all(lines_of(path), direction_of(path))
    raw = path.read_text()
    if '"errorDetail"' in raw:
        assert error is not None
        assert error.side is (Side.TARGET if path in PUSHES else Side.SOURCE)
    elif '"_python_exception"' in raw:
        with pytest.raises(EngineError, match="ended before"):
            _ = fold.digest
    else:
        assert fold.digest.algorithm == "sha256"
    assert all(0 <= event.done <= event.total for event in events if isinstance(event, BlobAdvanced))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_coalescing_keeps_the_last_state_of_each_layer(path: Path) -> None:
    def last(step: float) -> dict[str, BlobAdvanced]:
        events, _, _ = fold_all(lines_of(path), direction_of(path), step)
        return {event.digest: event for event in events if isinstance(event, BlobAdvanced)}

    assert last(0.0) == last(1.0)


def test_moving_layers_show_at_most_ten_times_a_second() -> None:
    lines = [{"status": "Pushing", "progressDetail": {"current": n, "total": 1000}, "id": "a"} for n in range(1, 1000)]
    clock = Ticks(0.001)
    fold = Fold(Direction.PUSH, "push", clock=clock)
    events = [event for line in lines for event in fold.feed(line)]
    assert len(events) <= clock.now * 10 + 1
    assert list(fold.flush()) == [BlobAdvanced("a", Direction.PUSH, 999, 1000)]
    assert list(fold.flush()) == []


def test_a_waiting_state_shows_when_another_layer_moves_on() -> None:
    fold = Fold(Direction.PUSH, "push", clock=Ticks(0.06))
    first = {"status": "Pushing", "progressDetail": {"current": 1, "total": 9}, "id": "a"}
    second = {"status": "Pushing", "progressDetail": {"current": 2, "total": 9}, "id": "a"}
    assert [event.done for event in fold.feed(first) if isinstance(event, BlobAdvanced)] == [1]
    assert list(fold.feed(second)) == []
    assert BlobAdvanced("a", Direction.PUSH, 2, 9) in list(fold.feed({"status": "Waiting", "id": "b"}))


def test_a_count_past_the_total_is_clamped() -> None:
    line = {"status": "Pushing", "progressDetail": {"current": 12_003_328, "total": 12_000_000}, "id": "a"}
    events, _, _ = fold_all([line], Direction.PUSH)
    assert events == [BlobAdvanced("a", Direction.PUSH, 12_000_000, 12_000_000)]


@pytest.mark.parametrize(
    ("status", "how"),
    [
        ("Mounted from src/schema2", How.MOUNTED),
        ("Layer already exists", How.SKIPPED),
        ("Already exists", How.SKIPPED),
        ("Pushed", How.TRANSFERRED),
        ("Download complete", How.TRANSFERRED),
    ],
)
def test_endings_say_how_and_know_sizes_from_the_plan(status: str, how: How) -> None:
    line = {"status": status, "progressDetail": {}, "id": "a"}
    assert fold_all([line], Direction.PUSH, sizes={"a": 7})[0] == [BlobAdvanced("a", Direction.PUSH, 7, 7, how)]
    assert fold_all([line], Direction.PUSH)[0] == [BlobAdvanced("a", Direction.PUSH, 0, 0, how)]


def test_a_countdown_is_logged_once_for_each_retry() -> None:
    path = STREAMS / "graphdriver-20.10" / "err-push-registry-dies-midway.jsonl"
    events, _, error = fold_all(lines_of(path), Direction.PUSH)
    logged = [event.text for event in events if isinstance(event, LineLogged) and "Retrying" in event.text]
    assert logged.count("d2cf188c7869: Retrying in 5 seconds") == 1
    assert logged.count("d2cf188c7869: Retrying in 10 seconds") == 1
    assert len(logged) == 21
    assert error is not None
    assert "connection refused" in error.detail


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"status": None},
        {"status": 3, "id": 4, "progressDetail": "x"},
        {"status": "Pushing", "id": "a", "progressDetail": {"current": "1", "total": -5}},
        {"status": "Pushing", "id": "a"},
        {"aux": ["sha256:1"]},
        {"aux": {"Digest": "sha256:nonsense"}},
        {"status": "Digest: sha256:nonsense"},
        {"stream": "hello"},
    ],
)
def test_a_line_that_is_not_known_is_not_fatal(line: Mapping[str, Any]) -> None:
    for direction in Direction:
        events, _, error = fold_all([line, {"status": "Waiting", "id": "a"}], direction)
        assert error is None
        assert not [event for event in events if isinstance(event, BlobAdvanced)]


def test_an_unknown_state_of_a_layer_is_logged_once() -> None:
    line = {"status": "Unpacking\x1b[31m", "id": "a"}
    assert fold_all([line, line], Direction.PULL)[0] == [LineLogged("a: Unpacking\N{REPLACEMENT CHARACTER}[31m")]


def test_a_layer_named_like_a_report_reports_nothing() -> None:
    _, fold, _ = fold_all([{"status": f"v1: digest: {D} size: 3", "id": "a"}], Direction.PUSH)
    with pytest.raises(EngineError):
        _ = fold.digest


def test_an_aux_digest_counts() -> None:
    _, fold, _ = fold_all([{"progressDetail": {}, "aux": {"Tag": "v1", "Digest": D, "Size": 3}}], Direction.PUSH)
    assert str(fold.digest) == D


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"error": "it\x1b broke"}, "it\N{REPLACEMENT CHARACTER} broke"),
        ({"errorDetail": {"message": "inner"}, "error": "outer"}, "inner"),
        ({"errorDetail": {}}, "without saying which"),
        ({"error": "Get https://me:secret@r.example/v2/: EOF"}, "Get https://r.example/v2/: EOF"),
        ({"error": "http: server gave HTTP response to HTTPS client"}, "insecure-registries"),
        ({"error": "no basic auth credentials"}, "docker login"),
    ],
)
def test_errors_are_clean_and_say_what_to_do(line: Mapping[str, Any], said: str) -> None:
    _, _, error = fold_all([line], Direction.PUSH)
    assert error is not None
    assert said in str(error)
    assert "secret" not in str(error)


def test_states_that_wait_are_shown_before_an_error() -> None:
    moving = [{"status": "Pushing", "progressDetail": {"current": n, "total": 9}, "id": "a"} for n in (1, 2)]
    events, _, error = fold_all([*moving, {"error": "no"}], Direction.PUSH, step=0.0)
    assert error is not None
    assert events[-1] == BlobAdvanced("a", Direction.PUSH, 2, 9)

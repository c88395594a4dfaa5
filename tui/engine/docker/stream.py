"""An engine's pull or push stream, folded to events. Pure: decoded lines in, domain values out.

The lines are those of the Engine API's JSON message stream, as recorded from the classic store (20.10) and the
containerd store (26.1). A line that is not known is shown or passed over, never fatal.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from tui.domain.events import BlobAdvanced, Direction, EngineEvent, How, LineLogged, Side
from tui.domain.reference import Digest, InvalidName
from tui.domain.text import clean
from tui.engine.docker.failures import plain, said_by_engine
from tui.ports.errors import EngineError

INTERVAL: Final = 0.1
"""Seconds between two states of the same layer while it moves."""

_MOVING: Final = frozenset({"Downloading", "Pushing"})
_ENDINGS: Final = {
    "Download complete": How.TRANSFERRED,
    "Pull complete": How.TRANSFERRED,
    "Pushed": How.TRANSFERRED,
    "Already exists": How.SKIPPED,
    "Layer already exists": How.SKIPPED,
}
_QUIET: Final = frozenset({"Pulling fs layer", "Waiting", "Preparing", "Verifying Checksum", "Extracting"})
_PULLED: Final = re.compile(r"Digest: (\S+)")
_PUSHED: Final = re.compile(r"\S+: digest: (\S+) size: \d+")
_RETRYING: Final = re.compile(r"Retrying in (\d+) seconds?")
_ID_LIMIT: Final = 128


@dataclass(slots=True)
class _Layer:
    """What is known of a layer: the state shown last and when, and the state that waits to be shown."""

    shown: BlobAdvanced | None = None
    shown_at: float = 0.0
    waiting: BlobAdvanced | None = None
    status: str = ""
    countdown: int = 0


class Fold:
    """Folds the lines of one stream. `sizes` are the bytes of layers known beforehand, by the engine's short id."""

    def __init__(
        self,
        direction: Direction,
        operation: str,
        sizes: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._direction = direction
        self._operation = operation
        self._sizes = sizes or {}
        self._clock = clock
        self._layers: dict[str, _Layer] = {}
        self._digest: Digest | None = None

    @property
    def side(self) -> Side:
        """The end that the stream is about: a pull concerns the source, a push the target."""
        return Side.SOURCE if self._direction is Direction.PULL else Side.TARGET

    @property
    def digest(self) -> Digest:
        """The digest that the stream reported. Raises EngineError where it ended without one."""
        if self._digest is None:
            detail = "the engine's answer ended before it reported a digest; look whether it is still running"
            raise EngineError(self._operation, Side.ENGINE, detail)
        return self._digest

    def feed(self, line: Mapping[str, Any]) -> Iterator[EngineEvent]:
        """The events that `line` gives rise to. Raises EngineError where it reports an error."""
        message = _error(line)
        if message is not None:
            yield from self.flush()
            raise said_by_engine(self._operation, self.side, message)
        self._note_digest(line)
        status, layer_id = _text(line.get("status")), _text(line.get("id"), _ID_LIMIT)
        if status and _is_headline(status, layer_id):
            yield LineLogged(status)
        elif status:
            yield from self._fold_layer(layer_id, status, line.get("progressDetail"))
        yield from self._due()

    def flush(self) -> Iterator[EngineEvent]:
        """The states that still wait: to be called when the stream ends."""
        for layer in self._layers.values():
            yield from _show(layer, self._clock())

    def _note_digest(self, line: Mapping[str, Any]) -> None:
        said = _text(_fields(line.get("aux")).get("Digest"))
        if "id" not in line:
            pattern = _PULLED if self._direction is Direction.PULL else _PUSHED
            found = pattern.fullmatch(_text(line.get("status")))
            said = found[1] if found else said
        try:
            self._digest = Digest.parse(said) if said else self._digest
        except InvalidName:
            return  # a line that only looks like the report

    def _fold_layer(self, layer_id: str, status: str, detail: object) -> Iterator[EngineEvent]:
        layer = self._layers.setdefault(layer_id, _Layer())
        is_news, layer.status = status != layer.status, status
        how = How.MOUNTED if status.startswith("Mounted from ") else _ENDINGS.get(status)
        if how is not None:
            layer.waiting = self._ended(layer_id, layer, how)
            yield from _show(layer, self._clock())
        elif status in _MOVING:
            layer.countdown = 0
            layer.waiting = self._moved(layer_id, layer, detail)
        elif retry := _RETRYING.fullmatch(status):
            yield from _retry(layer_id, layer, status, int(retry[1]))
        elif is_news and status not in _QUIET:
            yield LineLogged(f"{layer_id}: {status}")

    def _moved(self, layer_id: str, layer: _Layer, detail: object) -> BlobAdvanced | None:
        """The state in `detail`; None where it counts nothing. A push's count may pass its total: it is clamped."""
        numbers = _fields(detail)
        done = _count(numbers.get("current"))
        total = _count(numbers.get("total")) or self._known_total(layer_id, layer) or done
        return BlobAdvanced(layer_id, self._direction, min(done, total), total) if total else layer.waiting

    def _ended(self, layer_id: str, layer: _Layer, how: How) -> BlobAdvanced:
        total = self._known_total(layer_id, layer)
        return BlobAdvanced(layer_id, self._direction, total, total, how)

    def _known_total(self, layer_id: str, layer: _Layer) -> int:
        """Bytes; 0 where nothing told them, as for a layer that was there before."""
        last = layer.waiting or layer.shown
        return last.total if last and last.total else self._sizes.get(layer_id, 0)

    def _due(self) -> Iterator[EngineEvent]:
        now = self._clock()
        for layer in self._layers.values():
            if layer.shown is None or now - layer.shown_at >= INTERVAL:
                yield from _show(layer, now)


def _show(layer: _Layer, now: float) -> Iterator[EngineEvent]:
    """The waiting state, unless it was the last one shown."""
    state, layer.waiting = layer.waiting, None
    if state is not None and state != layer.shown:
        layer.shown, layer.shown_at = state, now
        yield state


def _retry(layer_id: str, layer: _Layer, status: str, seconds: int) -> Iterator[EngineEvent]:
    """The engine counts every second down; only where a countdown begins is news."""
    begins, layer.countdown = seconds > layer.countdown, seconds
    if begins:
        yield LineLogged(f"{layer_id}: {status}")


def _is_headline(status: str, layer_id: str) -> bool:
    """True for a line about the whole; a pull's first line has the tag where others have a layer."""
    return not layer_id or status.startswith("Pulling from ")


def _error(line: Mapping[str, Any]) -> str | None:
    """The message of an error line: `errorDetail` says it, old engines only `error`."""
    detail: object = line.get("errorDetail")
    message = _fields(detail).get("message")
    said = message or line.get("error")
    return str(said or "") if said or detail is not None else None


def _fields(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object, limit: int = 600) -> str:
    return clean(plain(value), limit) if isinstance(value, str) else ""


def _count(value: object) -> int:
    return max(value, 0) if isinstance(value, int) else 0

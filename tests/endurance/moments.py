"""Moments to kill a promotion at: `promote --json` tells how far it is."""

import json
import random
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AtTime:
    """Seconds after the process was started."""

    seconds: float

    def wait(self, process: "subprocess.Popen[str]") -> None:
        """Returns when the time is come; at once where the process has ended."""
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=self.seconds)  # reads as well, so that the process never waits for that

    def __str__(self) -> str:
        return f"at {self.seconds:.2f} s"


@dataclass(frozen=True, slots=True)
class AtBytes:
    """As soon as so many bytes of blobs are told to be there."""

    wanted: int

    def wait(self, process: "subprocess.Popen[str]") -> None:
        done: dict[str, int] = {}
        for event in _events(process):
            if event["event"] == "BlobAdvanced":
                done[event["blob"]] = event["done"]
            if sum(done.values()) >= self.wanted:
                return

    def __str__(self) -> str:
        return f"at {self.wanted:,} bytes"


@dataclass(frozen=True, slots=True)
class AtTag:
    """Seconds after the tag was about to be written."""

    seconds: float

    def wait(self, process: "subprocess.Popen[str]") -> None:
        for event in _events(process):
            if event["event"] == "StepStarted" and event["step"] == "tag":
                AtTime(self.seconds).wait(process)
                return

    def __str__(self) -> str:
        return f"{self.seconds:.3f} s after the tag was begun"


Moment = AtTime | AtBytes | AtTag


def _events(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    assert process.stdout
    return (json.loads(line) for line in process.stdout)


def moments(rng: random.Random, duration: float, size: int) -> Iterator[Moment]:
    """Moments to kill at, without end."""
    while True:
        yield AtTime(rng.uniform(0, duration))
        yield AtBytes(rng.randrange(1, size))
        yield AtTag(rng.uniform(0, 0.05))

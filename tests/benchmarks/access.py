"""What a registry was asked, by kind, read from its own access log: what a program says of itself is not believed."""

import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from tests.benchmarks.judge import open_context
from tests.real import RealRegistry

KINDS: Final = (
    ("ping", "GET", r"/v2/"),
    ("list tags", "GET", r"/v2/.+/tags/list"),
    ("list referrers", "GET", r"/v2/.+/referrers/.+"),
    ("HEAD manifest", "HEAD", r"/v2/.+/manifests/.+"),
    ("GET manifest", "GET", r"/v2/.+/manifests/.+"),
    ("HEAD blob", "HEAD", r"/v2/.+/blobs/.+"),
    ("GET blob", "GET", r"/v2/.+/blobs/[^/]+"),
    ("POST upload", "POST", r"/v2/.+/blobs/uploads/"),
    ("PATCH", "PATCH", r"/v2/.+/blobs/uploads/.+"),
    ("PUT blob", "PUT", r"/v2/.+/blobs/uploads/.+"),
    ("PUT manifest", "PUT", r"/v2/.+/manifests/.+"),
)
"""Each kind with its method and the whole of its path."""
OTHER: Final = "other"
_LINE = re.compile(r'"([A-Z]+) (\S+) HTTP/')
_END = "/v2/?end-of-run="
PATIENCE: Final = 5.0
"""Seconds until what was asked has to stand in the log."""


@dataclass(frozen=True, slots=True)
class Request:
    """One line of an access log: the method, and the path without its query."""

    method: str
    path: str

    @property
    def kind(self) -> str:
        """Its name in KINDS."""
        fitting = (name for name, method, path in KINDS if method == self.method and re.fullmatch(path, self.path))
        return next(fitting, OTHER)


class AccessLog:
    """The requests to one registry since a moment."""

    def __init__(self, registry: RealRegistry) -> None:
        self._registry = registry
        self._start = registry.log.stat().st_size

    def read(self) -> list[Request]:
        """What was asked up to now. Asks the registry itself once, and waits until that stands there."""
        end = f"{_END}{time.monotonic_ns()}"
        scheme = "https" if self._registry.ca_file else "http"
        with urlopen(f"{scheme}://{self._registry.host}{end}", context=open_context(self._registry)):
            return [_request(*found) for found in _LINE.findall(_until(self._registry.log, self._start, end))]


def _until(log: Path, start: int, end: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        text = log.read_bytes()[start:].decode()
        before, found, _ = text.rpartition(f'"GET {end}')
        if found:
            return before
        time.sleep(0.005)
    raise RuntimeError(f"{log}: the registry does not log what it is asked")


def _request(method: str, path: str) -> Request:
    return Request(method, path.partition("?")[0])


def kinds(requests: list[Request]) -> Counter[str]:
    """How often each kind was asked."""
    return Counter(request.kind for request in requests)

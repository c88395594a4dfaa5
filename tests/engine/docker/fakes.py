"""A Docker Engine in memory: references to image ids, and pushes that report a digest."""

import threading
from collections.abc import Iterator, Sequence

from tui.domain.events import Side
from tui.engine.docker.client import Line, LocalImage, Login
from tui.engine.docker.facts import EngineFacts, Store
from tui.ports.errors import EngineError


class FakeLines:
    """Lines, then, if `hangs`, silence until it is closed."""

    def __init__(self, lines: Sequence[Line], *, hangs: bool = False) -> None:
        self.lines, self.hangs = lines, hangs
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[Line]:
        yield from self.lines
        if self.hangs:
            self.closed.wait(10)

    def close(self) -> None:
        self.closed.set()


class FakeClient:
    """Behaves like the classic store: an image goes with its last reference, digests go with the last tag."""

    def __init__(self, pushes: str, image: str = "id-new") -> None:
        self.images: dict[str, str] = {}
        self.pushes, self.image = pushes, image
        self.calls: list[str] = []
        self.logins: list[Login | None] = []
        self.pulls = ""
        self.pushed: list[Line] = []
        self.hangs = ""
        self.fails = ""
        self.streams: list[FakeLines] = []
        self.is_closed = False

    def facts(self) -> EngineFacts:
        return EngineFacts("20.10.24", Store.CLASSIC, "linux", "amd64")

    def find(self, reference: str) -> LocalImage | None:
        self._call("find", reference)
        found = self.images.get(reference)
        if found is None:
            return None
        return LocalImage(found, tuple(name for name, image in self.images.items() if image == found))

    def pull(self, name: str, digest: str, login: Login | None) -> FakeLines:
        self._call("pull", f"{name}@{digest}")
        self.logins.append(login)
        self.images[f"{name}@{digest}"] = self.image
        return self._lines(
            "pull", [{"status": "Pulling from x", "id": digest}, {"status": f"Digest: {self.pulls or digest}"}]
        )

    def tag(self, image: str, name: str, tag: str) -> None:
        self._call("tag", f"{image} {name}:{tag}")
        self.images[f"{name}:{tag}"] = self.images.get(image, image)

    def push(self, name: str, tag: str, login: Login | None) -> FakeLines:
        self._call("push", f"{name}:{tag}")
        self.logins.append(login)
        self.images[f"{name}@{self.pushes}"] = self.images[f"{name}:{tag}"]
        return self._lines("push", [*self.pushed, {"status": f"{tag}: digest: {self.pushes} size: 5"}])

    def untag(self, reference: str) -> None:
        self._call("untag", reference)
        image = self.images.pop(reference)
        name, _, _ = reference.rpartition("@") if "@" in reference else reference.rpartition(":")
        mine = [it for it, held in self.images.items() if held == image]
        if not any(it.startswith(f"{name}:") for it in mine):
            for it in mine:
                if it.startswith(f"{name}@"):
                    del self.images[it]

    def close(self) -> None:
        self.is_closed = True

    def _lines(self, step: str, lines: Sequence[Line]) -> FakeLines:
        stream = FakeLines(lines[:-1], hangs=True) if self.hangs == step else FakeLines(lines)
        self.streams.append(stream)
        return stream

    def _call(self, verb: str, what: str) -> None:
        self.calls.append(f"{verb} {what}")
        if self.fails and f"{verb} {what}".startswith(self.fails):
            raise EngineError(verb, Side.ENGINE, "made to fail")

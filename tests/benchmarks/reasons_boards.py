"""The boards that reasons are measured on: 2,000 tags of which 5 % drift, served until standard input ends.

    python -m tests.benchmarks.reasons_boards

One board has every reason in equal parts; on the other every cell is `foreign`, which is the dearest to find out. Their
registries answer after 20 ms, as one across a network does.
"""

import asyncio
import json
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Final

from tui.sandbox import images
from tui.sandbox.faults import Faults
from tui.sandbox.layers import Layer, random_layer, recompressed
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

REPOSITORIES: Final = 20
TAGS: Final = 100
EVERY: Final = 20
"""One tag in so many drifts."""

DELAY: Final = 0.02
NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
REVISION: Final = "org.opencontainers.image.revision"


class Builder:
    """Makes images out of one source of chance."""

    def __init__(self) -> None:
        self.rng = random.Random(4)
        self.shared = random_layer(500, self.rng)

    def layers(self) -> list[Layer]:
        return [self.shared, random_layer(300, self.rng)]

    def image(self, layers: Sequence[Layer] = (), commit: str = "", platform: str = images.AMD64) -> images.Image:
        labels = {REVISION: commit or self.rng.randbytes(20).hex()}
        return images.image(layers or self.layers(), created=NOW, labels=labels, platform=platform)


Pair = tuple[images.Image, images.Image]


def flattened(build: Builder) -> Pair:
    one = build.image()
    return images.index([one, build.image(platform=images.ARM64)]), one


def wrapped(build: Builder) -> Pair:
    one = build.image()
    return one, images.index([one])


def packed_again(build: Builder) -> Pair:
    layers, commit = build.layers(), build.rng.randbytes(20).hex()
    return build.image(layers, commit), build.image([recompressed(item, 9) for item in layers], commit)


def rebuilt(build: Builder) -> Pair:
    commit = build.rng.randbytes(20).hex()
    return build.image(commit=commit), build.image(commit=commit)


def foreign(build: Builder) -> Pair:
    return build.image(), build.image()


def behind(build: Builder) -> Pair:
    """The base is given the older image as well; see `fill`."""
    return build.image(), build.image()


def moved(build: Builder) -> Pair:
    """Only the journal tells it from `foreign`; see `is_moved`."""
    return build.image(), build.image()


Kind = Callable[[Builder], Pair]
MIXED: Final[tuple[Kind, ...]] = (flattened, wrapped, packed_again, rebuilt, behind, moved, foreign)


def is_moved(repository: str, tag: str) -> bool:
    """True where the mixed board planted `moved`: the journal is to know that."""
    number = int(repository.rpartition("-")[2]) * TAGS + int(tag.split(".")[1])
    return MIXED[number // EVERY % len(MIXED)] is moved


def fill(base: Registry, prod: Registry, kinds: Sequence[Kind]) -> None:
    """Loads both registries."""
    build, drifted = Builder(), 0
    for number in range(REPOSITORIES * TAGS):
        repository, tag = f"shop/service-{number // TAGS:02}", f"1.{number % TAGS}.0"
        if number % EVERY:
            image = build.image()
            ours, theirs = image, image
        else:
            kind = kinds[drifted % len(kinds)]
            drifted += 1
            ours, theirs = kind(build)
            if kind is behind:
                images.push_into(base, repository, theirs)
        images.push_into(base, repository, ours, tag)
        images.push_into(prod, repository, theirs, tag)


async def serve() -> None:
    """Serves both boards; writes the hosts, and for each line that it reads how many requests each board had."""
    boards = [[Registry(f"{name}-{at}", faults=Faults(slow=DELAY)) for name in ("base", "prod")] for at in range(2)]
    fill(boards[0][0], boards[0][1], MIXED)
    fill(boards[1][0], boards[1][1], (foreign,))
    async with AsyncExitStack() as stack:
        hosts = [[await stack.enter_async_context(serve_registry(each)) for each in board] for board in boards]
        print(json.dumps(hosts), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([sum(_asked(each) for each in board) for board in boards]), flush=True)


def _asked(registry: Registry) -> int:
    number = sum(registry.requests.values())
    registry.requests.clear()
    return number


if __name__ == "__main__":
    asyncio.run(serve())

"""For each gate a world that it refuses, and what lets it pass."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.gates_world import API, IMAGE, NEW, OLD, PROMOTER, World
from tests.signing import Signer
from tui.domain.reference import Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.journal.sqlite import SqliteJournal

Step = Callable[[World], Coroutine[Any, Any, None]]
FREE = "protected = false\n"
YES = ("--yes",)


async def nothing(world: World) -> None:
    """Nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Case:
    """A gate that refuses after `arrange`, and passes after `mend` or with `mended` words; `remedy` is said."""

    gate: str
    remedy: str
    prod: str = ""
    arrange: Step = nothing
    mend: Step = nothing
    words: tuple[str, ...] = YES
    mended: tuple[str, ...] = YES


async def writable(world: World) -> None:
    world.settle(FREE + "read_only = false")


async def old_in_prod(world: World) -> None:
    world.push("prod", OLD, "1.0.0")


async def locked(world: World) -> None:
    world.push("prod", OLD, "1.0.0")
    assert (await world.windlass("lock", IMAGE, "--in", "prod", "--yes")).code == 0


async def unlocked(world: World) -> None:
    assert (await world.windlass("unlock", IMAGE, "--in", "prod", "--yes")).code == 0


async def in_test(world: World) -> None:
    world.push("test", NEW, "1.0.0")


async def seen_long_ago(world: World) -> None:
    journal = SqliteJournal(world.journal, {"test": f"{world.hosts['test']}/"})
    entry = TagEntry(Tag("1.0.0"), NEW.digest)
    at = datetime.now(UTC) - timedelta(hours=3)
    await journal.remember(Snapshot("test", API, at, {entry.tag: entry}), lambda _: True)
    await journal.close()


async def signed(world: World) -> None:
    world.push("base", world.signer.cosign(NEW))


async def signed_by_tag(world: World) -> None:
    world.push("base", world.signer.cosign(NEW, attached=False), f"sha256-{NEW.digest.hex}.sig")


async def signed_by_a_stranger(world: World) -> None:
    world.push("base", Signer().cosign(NEW))


async def approved_by_oneself(world: World) -> None:
    world.approve(PROMOTER.upper())


async def approved_by_another(world: World) -> None:
    world.approve("ada")


_APPROVE = "have somebody else run `windlass approve shop/api:1.0.0 --for prod`"
_BY_KEY = 'gates = { signed_by = ["cosign.pub"] }'

CASES = {
    "read-only in the settings": Case("read-only", "set read_only = false", "read_only = true", mend=writable),
    "a read-only session": Case("read-only", "leave out --read-only", words=("--yes", "--read-only")),
    "no such tag": Case(
        "tags", "name one with --as", "gates = { tags = 'v.*' }", mended=("--yes", "--as", "v1.0.0")
    ),
    "not promoted before": Case(
        "from test", "promote this digest to test first", 'gates = { from = ["test"] }', mend=in_test
    ),
    "too young": Case(
        "min_age in test", "then wait 2 h", 'gates = { from = ["test"], min_age = "2h" }', in_test, seen_long_ago
    ),
    "not signed": Case("signed", "sign it in base", "gates = { signed = true }", mend=signed_by_tag),
    "not signed by the key": Case("signed", "the key of cosign.pub", _BY_KEY, signed_by_a_stranger, signed),
    "not approved": Case("approvals", _APPROVE, "gates = { approvals = 1 }", mend=approved_by_another),
    "approved by oneself": Case(
        "approvals", _APPROVE, "gates = { approvals = 1 }", approved_by_oneself, approved_by_another
    ),
    "kept for good": Case(
        "overwrite", "promote under another tag with --as", "gates = { overwrite = false }", old_in_prod,
        mended=("--yes", "--as", "1.0.0-2"),
    ),
    "locked": Case("lock", "windlass unlock shop/api:1.0.0 --in prod", "", locked, unlocked),
    "an engine that cannot": Case("engine", "use --engine direct", words=("--yes", "--engine", "acr-import")),
}  # fmt: skip
"""What refuses whatever is answered."""

QUESTIONS = {
    "protected": Case("protected", "--yes", "protected = true", words=()),
    "overwrite": Case("overwrite", "--yes", "", old_in_prod, words=()),
}
"""What only asks."""

"""What changes between the plan and the write refuses at the write, however late it changes."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.e2e.gates_cases import FREE
from tests.e2e.gates_world import API, NEW, OLD, World, world
from tui.cli.commands import Common
from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit
from tui.cli.opening import opener_for
from tui.cli.output import Console
from tui.cli.promote import promote
from tui.domain.reference import Digest, Tag
from tui.sandbox.records import Attributes

TAG = Tag("1.0.0")
MOMENTS = {"while it is asked": "Go on?", "before the tag is written": "tag    "}


class Terminal(io.StringIO):
    """A terminal; `act` is done when `word` is written to it, once."""

    def __init__(self, word: str = "", act: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._word, self._act, self.has_acted = word, act, False

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._word and self._word in text and not self.has_acted:
            self.has_acted = True
            self._act()
        return super().write(text)


@dataclass(frozen=True, slots=True)
class Change:
    """`gate` refuses what `rules` want once `undo` was done to what `arrange` attached."""

    gate: str
    rules: str
    arrange: Callable[[World], Digest | None]
    undo: Callable[[World, Digest | None], object]


def nothing(made: World) -> Digest | None:
    del made
    return None


def delete(made: World, digest: Digest | None) -> None:
    assert digest
    assert made.registries["base"].store.delete_manifest(API, digest)


def untag(made: World, digest: Digest | None) -> None:
    del digest
    assert made.registries["base"].store.delete_tag(API, Tag(f"sha256-{NEW.digest.hex}.sig"))


def lock(made: World, digest: Digest | None) -> None:
    del digest
    store = made.registries["prod"].store
    record = store.record(API, TAG)
    assert record
    store.set_record(API, TAG, replace(record, attributes=Attributes(writable=False)))


def signed_by_tag(made: World) -> Digest | None:
    return made.push("base", made.signer.cosign(NEW, attached=False), f"sha256-{NEW.digest.hex}.sig")


CHANGES = {
    "the approval is taken back": Change(
        "approvals", "gates = { approvals = 1 }", lambda made: made.approve("ada"), delete
    ),
    "the signature is removed": Change(
        "signed", 'gates = { signed_by = ["cosign.pub"] }',
        lambda made: made.push("base", made.signer.bundle(NEW)), delete,
    ),
    "the signature's tag is removed": Change(
        "signed", 'gates = { signed_by = ["cosign.pub"] }', signed_by_tag, untag
    ),
    "the key is replaced": Change(
        "signed", 'gates = { signed_by = ["cosign.pub"] }',
        lambda made: made.push("base", made.signer.cosign(NEW)),
        lambda made, _: type(made.signer)().public(made.folder / "cosign.pub"),
    ),
    "the tag is locked": Change("lock", "", nothing, lock),
    "the target's tag is deleted": Change(
        "unchanged since the plan", "", nothing,
        lambda made, _: made.registries["prod"].store.delete_tag(API, TAG),
    ),
    "the source moves": Change(
        "unchanged since the plan", "", nothing, lambda made, _: made.push("base", OLD, "1.0.0")
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_it_refuses_and_the_tag_stays(
    tmp_path: Path, change: Change, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "DATA"))
    async with world(tmp_path) as made:
        made.settle(FREE + change.rules)
        made.push("prod", OLD, "1.0.0")
        attached = change.arrange(made)
        code, told = await _promote(made, word, lambda: change.undo(made, attached))
        held = made.held()
    assert held in {None, OLD.digest}
    assert f"refused by {change.gate}: " in told
    assert code == Exit.REFUSED


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_without_the_change_it_goes(tmp_path: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "DATA"))
    async with world(tmp_path) as made:
        made.settle(FREE + change.rules)
        made.push("prod", OLD, "1.0.0")
        change.arrange(made)
        assert (await _promote(made, "Go on?", lambda: None))[0] == Exit.DONE
        assert made.held() == NEW.digest


async def _promote(made: World, word: str, act: Callable[[], object]) -> tuple[Exit, str]:
    """The command's own work, with somebody who says yes; `act` is done when `word` is shown."""
    terminal = Terminal(word, act)
    console = Console(Terminal(), terminal, Terminal())
    command = PromoteCommand(Common(str(made.config)), ((API, TAG),), "prod")

    async def yes(asked: Console, question: str) -> str:
        asked.ask(question)
        return "y\n"

    code = await promote(command, console, opener_for(command.common), yes)
    assert terminal.has_acted
    return code, terminal.getvalue()

"""A workbench on a world in memory that answers as a test says, where the world itself cannot."""

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any

from tests.fakes import NOW
from tests.ui.plans import NEW, OLD
from tests.ui.world import World
from tui.domain.approval import Approval
from tui.domain.environment import Environment
from tui.domain.events import ApprovalGiven, Recorded, TagRemoved
from tui.domain.follow import FollowEvent
from tui.domain.past import ChainCheck, Outcome, Past
from tui.domain.plan import Request
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.domain.verdict import Consent, Verdict
from tui.usecases.approving import Approving
from tui.usecases.following import Follow
from tui.usecases.inspect import Details
from tui.usecases.undoing import CannotUndo, Untagging
from tui.usecases.workbench import Notices, Workbench

API = Repository("shop/api")


class Bench(Workbench):
    """Everything else is as on any workbench. What is asked for is kept in `asked`, in words."""

    __slots__ = ("answers", "asked")

    def __init__(self, world: World) -> None:
        super().__init__(world.path, Scope(), world.workbench.tools, Notices())
        self.asked: list[Any] = []
        self.answers: dict[str, Any] = {}

    def _answer(self, name: str, otherwise: Any) -> Any:
        answer = self.answers.get(name, otherwise)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def undoing(self, promotion: str = "") -> Request | Untagging:
        self.asked.append(("undoing", promotion))
        return self._answer("undoing", CannotUndo("no promotion of this journal's wrote a tag: nothing to undo"))

    async def untag(self, untagging: Untagging, consent: Consent) -> AsyncGenerator[Recorded, None]:
        self.asked.append(("untag", str(untagging.reference), consent.gates))
        target = untagging.reference
        for event in self._answer("untag", [TagRemoved(untagging.digest)]):
            yield Recorded("u1", NOW, target, target, event)

    async def interrupted(self) -> Sequence[Past]:
        return self._answer("interrupted", ())

    async def forget(self, past: Past) -> None:
        self.asked.append(("forget", past.promotion))
        self.answers["interrupted"] = [item for item in self._answer("interrupted", ()) if item != past]

    async def inspect(self, environment: Environment, repository: Repository, tag: Tag) -> Details:
        self.asked.append(("inspect", environment.name, f"{repository}:{tag}"))
        return await super().inspect(environment, repository, tag)

    async def look_at_approval(
        self, source: Environment, target: Environment, repository: Repository, tag: Tag
    ) -> Approving:
        self.asked.append(("look", source.name, target.name, f"{repository}:{tag}"))
        located = self.tools.registries[source]  # type: ignore[union-attr]
        root = await located.resolve(source.locate(repository), tag)
        given = (Approval("bob", target.name, f"{target.registry}/{repository}", NOW - timedelta(hours=2), "CHG1"),)
        return self._answer("look", Approving(source, target, repository, tag, root, "alice@example", given))

    async def approve(self, approving: Approving, remark: str = "") -> AsyncGenerator[Recorded, None]:
        self.asked.append(("approve", approving.target.name, remark))
        target = approving.target.reference(approving.repository, approving.tag)
        for event in self._answer("approve", [ApprovalGiven(NEW, approving.by)]):
            yield Recorded("a1", NOW, approving.subject, target, event)

    async def follow(self, how: Follow, wake: Any = None) -> AsyncGenerator[FollowEvent, None]:
        del wake
        self.asked.append(("follow", how.every))
        async for event in self._answer("follow", None)():
            yield event

    async def check_journal(self) -> ChainCheck:
        return self._answer("check", ChainCheck(41, "f00d"))


def benched(world: World) -> Bench:
    """Puts a bench under `world`."""
    bench = Bench(world)
    world.workbench = bench
    return bench


def past(
    world: World,
    tag: str = "1.14.2",
    outcome: Outcome = Outcome.INTERRUPTED,
    promotion: str = "3fa2c9d1e0b4",
    **more: Any,
) -> Past:
    """A promotion of shop/api from test to prod, three hours ago."""
    source, target = world.path.environments[2:]
    began = NOW - timedelta(hours=3)
    digest = more.pop("digest", NEW)
    return Past(
        promotion,
        began,
        source.reference(API, Tag(tag), digest),
        target.reference(API, Tag(tag)),
        outcome,
        "direct",
        **more,
    )


def untagging(world: World, *verdicts: Verdict, at: int = 1) -> Untagging:
    """shop/api:1.14.2 is to be taken away from an environment."""
    return Untagging(past(world, replaced=OLD), world.path.environments[at], API, Tag("1.14.2"), NEW, verdicts)

"""The look at the target after a promotion: an engine's word that it pushed proves nothing."""

from tui.domain.content import Descriptor
from tui.domain.events import PromotionFailed, Side, Step, Verified
from tui.domain.plan import Keeping, Plan
from tui.domain.reference import Repository
from tui.ports.errors import InvalidAnswer, NotFound, RegistryError
from tui.ports.registry import Registry
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_pair
from tui.usecases.tools import Tools
from tui.usecases.tree import fetch_tree


async def read_back(tools: Tools, plan: Plan) -> Verified | PromotionFailed:
    """What the target now tells of the tag, the manifest and everything below it, or what is wrong with it."""
    request = plan.request
    registry, there = tools.registries[request.target], request.target.locate(request.repository)
    try:
        held, gap = await gather_pair(resolve_or_none(registry, there, request.target_tag), _gap(registry, plan, there))
    except RegistryError as error:
        cause = f"{plan.target} was written, but could not be read back: {error}"
        return PromotionFailed(error.operation, Side.TARGET, cause)
    if held is None or held.digest != plan.digest:
        return _mismatch(plan, held)
    if gap:
        return PromotionFailed(Step.VERIFY, Side.TARGET, f"MISMATCH: {plan.target} is incomplete: {gap}")
    return Verified(plan.digest)


async def _gap(registry: Registry, plan: Plan, there: Repository) -> str:
    """What of the promoted content the target lacks or holds wrongly; empty where all of it is there."""
    try:
        await fetch_tree(registry, plan.request.target.registry, there, plan.digest)
    except (NotFound, InvalidAnswer) as error:
        return str(error)
    return ""


def _mismatch(plan: Plan, held: Descriptor | None) -> PromotionFailed:
    found = held.digest if held else "nothing"
    explanation = "" if plan.forecast.keeping is Keeping.KEPT else f"; {plan.forecast.sentence}"
    cause = f"MISMATCH: {plan.target} reads back {found} instead of {plan.digest}{explanation}"
    return PromotionFailed(Step.VERIFY, Side.TARGET, cause)

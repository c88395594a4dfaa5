"""Whether source and target are still what a plan says, looked at before anything is written."""

from tui.domain.content import Descriptor
from tui.domain.events import PromotionRefused
from tui.domain.plan import Plan
from tui.domain.reference import Digest
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_all
from tui.usecases.tools import Tools

UNCHANGED = "unchanged since the plan"
"""The gate that refuses when source or target moved between plan and go."""


async def moved_since(tools: Tools, plan: Plan) -> PromotionRefused | None:
    """That source or target is no longer what the plan says."""
    request = plan.request
    source, target = tools.registries[request.source], tools.registries[request.target]
    now, there = await gather_all(
        resolve_or_none(source, request.source.locate(request.repository), request.wanted),
        resolve_or_none(target, request.target.locate(request.repository), request.target_tag),
    )
    if now is None or now.digest != plan.digest:
        wanted = f"@{request.pinned}" if request.pinned else f":{request.tag}"
        return _moved(f"the source {request.source.name}/{request.repository}{wanted}", plan.digest, now)
    planned = plan.current.digest if plan.current else None
    if (there.digest if there else None) != planned:
        return _moved(f"the target {request.target.name}/{request.repository}:{request.target_tag}", planned, there)
    return None


def _moved(place: str, planned: Digest | None, found: Descriptor | None) -> PromotionRefused:
    before, after = planned or "missing", found.digest if found else "missing"
    reason = f"{place} moved: the plan saw {before}, now it is {after}; nothing was written"
    return PromotionRefused(UNCHANGED, reason, "look again and make a new plan")

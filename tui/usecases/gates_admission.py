"""Gates of what an environment takes in: which tags, from where, and how old."""

import re

from tui.domain.environment import Environment
from tui.domain.plan import Request
from tui.domain.verdict import Verdict, fails, passes
from tui.ports.errors import RegistryError
from tui.ports.registry import Source
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_all
from tui.usecases.evidence import Evidence
from tui.usecases.gates_age import judge_age
from tui.usecases.tools import Tools


async def judge_admission(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """The verdicts on the tag, and on every environment of `from`. Raises JournalError."""
    rules, registries = evidence.request.target.gates, tools.registries
    verdicts = [_tag_matches(evidence.request, rules.tags)] if rules.tags else []
    wanted = [each for each in registries if each.name in rules.promoted_to]
    verdicts += await gather_all(*(_promoted(evidence, each, registries[each]) for each in wanted))
    if rules.min_age_seconds:
        verdicts += [await judge_age(evidence, each, tools) for each in wanted]
    return tuple(verdicts)


def _tag_matches(request: Request, pattern: str) -> Verdict:
    if re.fullmatch(pattern, request.target_tag):
        return passes("tags", f"tag {request.target_tag} matches {pattern}")
    reason = f"tag {request.target_tag} does not match {pattern}"
    return fails("tags", reason, "promote a tag that matches, or name one with --as")


async def _promoted(evidence: Evidence, environment: Environment, registry: Source) -> Verdict:
    request = evidence.request
    gate = f"from {environment.name}"
    try:
        held = await resolve_or_none(registry, environment.locate(request.repository), request.tag)
    except RegistryError as error:
        return fails(gate, f"{environment.name} could not be read: {error.detail}", "try again")
    if held is not None and held.digest == evidence.digest:
        return passes(gate, f"{environment.name} holds this digest")
    found = "has no such tag" if held is None else f"holds {held.digest}"
    return fails(gate, f"{environment.name} {found}", f"promote this digest to {environment.name} first")

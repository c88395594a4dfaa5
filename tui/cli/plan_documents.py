"""The JSON document of `plan`: pure functions from values to plain data. Schema 1."""

from collections.abc import Sequence
from typing import Any

from tui.cli.planning import Unplanned
from tui.cli.schema import SCHEMA
from tui.domain.plan import Plan


def plans_document(plans: Sequence[Plan | Unplanned]) -> dict[str, object]:
    """The JSON document of `plan`."""
    return {
        "schema": SCHEMA,
        "plans": [plan_document(plan) for plan in plans if isinstance(plan, Plan)],
        "errors": [
            {"repository": plan.repository, "tag": plan.tag, "detail": plan.cause}
            for plan in plans
            if isinstance(plan, Unplanned)
        ],
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """A plan. Digests are whole, sizes in bytes."""
    request = plan.request
    return {
        "repository": request.repository,
        "tag": request.tag,
        "target_tag": request.target_tag,
        "digest": str(plan.digest),
        "source": {"environment": request.source.name, "reference": str(plan.source)},
        "target": {"environment": request.target.name, "reference": str(plan.target)},
        "effect": plan.effect.value,
        "current": str(plan.current.digest) if plan.current else None,
        "platforms": [str(platform) for platform in plan.platforms],
        "size": plan.size,
        "missing": {
            "blobs": len(plan.transfer.missing_blobs),
            "bytes": plan.transfer.bytes,
            "manifests": plan.transfer.missing_manifests,
        },
        "referrers": plan.transfer.referrers,
        "engine": plan.forecast.engine.value,
        "keeps_digest": plan.forecast.keeping.value,
        "forecast": plan.forecast.sentence,
        **({"instead": plan.forecast.instead} if plan.forecast.instead else {}),
        "gates": [_verdict(plan, at) for at in range(len(plan.verdicts))],
        "refused": bool(plan.refusals),
        "not_carried_out": list(request.target.unmet_wishes),
        "command": plan.command,
    }


def _verdict(plan: Plan, at: int) -> dict[str, Any]:
    verdict = plan.verdicts[at]
    document = {"gate": verdict.gate, "passed": verdict.passed, "asks": verdict.asks, "reason": verdict.reason}
    return document | ({"remedy": verdict.remedy} if verdict.remedy else {})

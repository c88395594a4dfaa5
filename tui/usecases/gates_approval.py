"""The gate of approvals: persons other than the one who promotes agreed to this digest for this environment."""

from collections.abc import Iterable, Sequence
from typing import Final

from tui.domain import amounts
from tui.domain.approval import Approval, approvals_among, first_of_each, person_of
from tui.domain.timestamps import format_timestamp
from tui.domain.verdict import Verdict, fails, passes
from tui.usecases.evidence import Evidence
from tui.usecases.identity import identity_at, own_names
from tui.usecases.tools import Tools

APPROVALS: Final = "approvals"


async def judge_approvals(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Counts the others among those who approved. Nothing where the target wants no approval."""
    request = evidence.request
    wanted = request.target.gates.approvals
    if not wanted:
        return ()
    promoter = await identity_at(tools, request.source)
    if not promoter:
        where = f"{request.source.name} ({request.source.registry})"
        reason = f"nobody is logged in at {where}: nobody can tell whether an approval is somebody else's"
        return (fails(APPROVALS, reason, f"log in to {request.source.registry} first"),)
    place = f"{request.target.registry}/{request.target.locate(request.repository)}"
    given = first_of_each(approvals_among(evidence.companions.of_root, place))
    own = {person_of(promoter), *(await own_names(tools) if given else ())}
    others = [approval for name, approval in given.items() if name not in own]
    if len(others) >= wanted:
        return (passes(APPROVALS, f"approved by {_told(others)}"),)
    spelt = {person_of(promoter): promoter}
    names = [spelt.get(name, given[name].by) for name in sorted(own & given.keys())]
    return (_missing(evidence, wanted, others, names),)


def _missing(evidence: Evidence, wanted: int, others: Iterable[Approval], own: Sequence[str]) -> Verdict:
    request = evidence.request
    told = _told(others)
    found = f"approved by {told} only" if told else "approved by nobody else"
    not_counted = f"; that of {' and '.join(own)}, who promotes, does not count" if own else ""
    reason = f"{amounts.count(wanted, 'approval')} by others wanted, {found}{not_counted}"
    command = f"windlass approve {request.repository}:{request.tag} --for {request.target.name}"
    return fails(APPROVALS, reason, f"have somebody else run `{command}`")


def _told(approvals: Iterable[Approval]) -> str:
    return ", ".join(f"{each.by} at {format_timestamp(each.at)}" for each in approvals)

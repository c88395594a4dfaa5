"""The gate of how long an image was in an environment: as the journal saw it there, or as the registry itself tells."""

from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain import amounts
from tui.domain.environment import Environment, Kind
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.verdict import Verdict, fails, passes
from tui.ports.errors import NotFound, RegistryError
from tui.ports.registry import TagReader
from tui.usecases.evidence import Evidence
from tui.usecases.tools import Tools

_SEEN: Final = "seen there for {}"
_PUSHED: Final = "the registry says it was pushed there {} ago"
_PIPELINE: Final = "in a pipeline, keep the journal between runs, or ask for min_age in ACR environments alone"


@dataclass(frozen=True, slots=True)
class _Proof:
    """That the digest is there since `since`; `words` say who knows that, around how long it is."""

    since: datetime
    words: str


async def judge_age(evidence: Evidence, environment: Environment, tools: Tools) -> Verdict:
    """Whether the digest was in `environment` for long enough. Raises JournalError.

    The registry is asked only where the journal does not prove it, and counts only where it tells an earlier time.
    """
    request, now, gate = evidence.request, tools.clock(), f"min_age in {environment.name}"
    wanted = request.target.gates.min_age_seconds
    since = await tools.journal.held_since(environment.name, request.repository, request.tag, evidence.digest)
    seen = _Proof(since, _SEEN) if since else None
    if seen and _age(seen, now) >= wanted:
        return _verdict(gate, seen, wanted, now)
    try:
        pushed = await _pushed(evidence, environment, tools)
    except RegistryError as error:
        if seen is None:
            return fails(gate, f"{environment.name} could not tell its tags' times: {error.detail}", "try again")
        pushed = None
    proofs = [proof for proof in (seen, pushed) if proof]
    if proofs:
        return _verdict(gate, min(proofs, key=lambda proof: proof.since), wanted, now)
    return _unproved(gate, environment, f"then wait {amounts.span_at_most(wanted)}")


def _unproved(gate: str, environment: Environment, wait: str) -> Verdict:
    """That nothing tells of the digest there; a registry that tells times does not hold it then."""
    promote = f"promote it to {environment.name} first"
    if environment.kind is Kind.ACR:
        return fails(gate, f"{environment.name} tells of no such digest under this tag", f"{promote}, {wait}")
    reason = "this machine never saw this digest under this tag there"
    return fails(
        gate, reason, f"{promote} if it is not there; `windlass status` here lets it be seen; {wait}; {_PIPELINE}"
    )


def _verdict(gate: str, proof: _Proof, wanted: int, now: datetime) -> Verdict:
    age = _age(proof, now)
    told = proof.words.format(amounts.span(age))
    if age >= wanted:
        return passes(gate, told)
    return fails(gate, f"{told} only", f"wait for another {amounts.span_at_most(wanted - age)}")


def _age(proof: _Proof, now: datetime) -> float:
    """Seconds; none where another clock is ahead of this one."""
    return max((now - proof.since).total_seconds(), 0)


async def _pushed(evidence: Evidence, environment: Environment, tools: Tools) -> _Proof | None:
    """When the tag was last pushed, if it holds the digest; None where the registry tells no such times.

    Only ACR does. It gives them in lists of a thousand tags; plain registries would be asked for each tag.
    """
    if environment.kind is not Kind.ACR:
        return None
    request, registry = evidence.request, tools.registries[environment]
    at = await _time_of(registry, environment.locate(request.repository), request.tag, evidence.digest)
    return _Proof(at, _PUSHED) if at else None


async def _time_of(registry: TagReader, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
    """What the first list that has `tag` tells of it; a list without times is followed by no other with some."""
    try:
        async with aclosing(registry.tags(repository)) as pages:
            async for page in pages:
                found = next((entry for entry in page if entry.tag == tag), None)
                if found is not None:
                    return found.pushed if found.digest == digest else None
                if page and not any(entry.pushed for entry in page):
                    return None
    except NotFound:
        pass
    return None

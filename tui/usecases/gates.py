"""Gates: what must hold before an environment takes an image. Each verdict says what would satisfy it."""

import re
from dataclasses import dataclass
from datetime import timedelta

from tui.domain.content import Descriptor
from tui.domain.environment import EngineName, Environment
from tui.domain.plan import Companions, Forecast, Request, Verdict, fails, passes
from tui.domain.reference import Digest
from tui.ports.errors import RegistryError
from tui.ports.journal import Clock, Journal
from tui.ports.registry import Source
from tui.usecases.companions import resolve_or_none
from tui.usecases.locks import LockedTag, judge_lock, judge_wish
from tui.usecases.tools import Tools

READ_ONLY = "read-only"
ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gates look at."""

    request: Request
    digest: Digest
    current: Descriptor | None
    companions: Companions
    forecast: Forecast

    @property
    def is_there(self) -> bool:
        """True where the target's tag holds the digest already, so that it will not be written."""
        return self.current is not None and self.current.digest == self.digest


async def judge(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """The verdict of every gate that applies to the target of `evidence`. Raises JournalError."""
    rules, sources = evidence.request.target.gates, tools.registries
    verdicts = [_writable(evidence.request.target), *await _lock_verdicts(evidence, tools)]
    if evidence.forecast.refusal:
        verdicts.append(fails(ENGINE, evidence.forecast.refusal, evidence.forecast.remedy))
    if rules.tags:
        verdicts.append(_tag_matches(evidence.request, rules.tags))
    if rules.signed:
        verdicts.append(_signed(evidence))
    for environment in sources:
        if environment.name in rules.promoted_to:
            verdicts.append(await _promoted(evidence, environment, sources[environment]))
            if rules.min_age_seconds:
                verdicts.append(await _aged(evidence, environment, tools.journal, tools.clock))
    return tuple(verdicts)


async def _lock_verdicts(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    request = evidence.request
    wanted = LockedTag(request.target, request.repository, request.target_tag)
    held = () if evidence.is_there else await judge_lock(wanted, tools.lockers)
    return (*held, *judge_wish(request.target, tools.lockers))


def _writable(target: Environment) -> Verdict:
    if target.read_only:
        return fails(READ_ONLY, f"{target.name} is read-only in the settings", "set read_only = false there")
    return passes(READ_ONLY, f"{target.name} may be written")


def _tag_matches(request: Request, pattern: str) -> Verdict:
    if re.fullmatch(pattern, request.target_tag):
        return passes("tags", f"tag {request.target_tag} matches {pattern}")
    reason = f"tag {request.target_tag} does not match {pattern}"
    return fails("tags", reason, "promote a tag that matches, or name one with --as")


def _signed(evidence: Evidence) -> Verdict:
    """Looks for a signature of the image itself, not of a platform or an SBOM; whose it is is not checked here."""
    companions = evidence.companions
    signatures = [item for item in companions.of_root if _is_signature(item)]
    cosigned = [tag for tag in companions.tags_of_root if tag.endswith(".sig")]
    if not signatures and not cosigned:
        return fails("signed", "the image itself has no signature", "sign it in its source")
    if evidence.forecast.engine is EngineName.DOCKER:
        return fails("signed", "a Docker Engine leaves signatures behind", "use --engine direct")
    return passes("signed", f"signatures there (not verified): {len(signatures) + len(cosigned)}")


def _is_signature(referrer: Descriptor) -> bool:
    kind = referrer.artifact_type.lower()
    return any(word in kind for word in ("signature", "cosign", "sigstore"))


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


async def _aged(evidence: Evidence, environment: Environment, journal: Journal, clock: Clock) -> Verdict:
    request = evidence.request
    wanted = timedelta(seconds=request.target.gates.min_age_seconds)
    since = await journal.held_since(environment.name, request.repository, request.tag, evidence.digest)
    gate = f"min_age in {environment.name}"
    if since is None:
        return fails(
            gate,
            "this machine never saw this digest under this tag there",
            f"`windlass status` here lets it be seen; then wait {wanted}",
        )
    age = timedelta(seconds=int((clock() - since).total_seconds()))
    if age >= wanted:
        return passes(gate, f"seen there for {age}")
    return fails(gate, f"seen there for {age} only", f"wait for another {wanted - age}")

"""The gate of signatures: that there is one of the image itself, and, where keys are named, that one of them made it.

Certificates and transparency logs are not looked at: a signature counts by the key that made it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain.comparison_companions import CompanionKind, kind_of
from tui.domain.content import Descriptor
from tui.domain.environment import EngineName, Environment
from tui.domain.plan import Companions
from tui.domain.reference import Tag
from tui.domain.verdict import Verdict, fails, passes
from tui.ports.errors import RegistryError
from tui.ports.registry import Source
from tui.usecases.companions import cosign_tag, resolve_or_none
from tui.usecases.concurrency import gather_pair
from tui.usecases.evidence import Evidence
from tui.usecases.proving import Proof, Unproved, prove
from tui.usecases.tools import Tools

SIGNED: Final = "signed"
_SHOWN: Final = 4
"""Reasons that one sentence holds."""


@dataclass(frozen=True, slots=True)
class Found:
    """The manifests of an image's signatures: referrers, and cosign's tags."""

    referrers: tuple[Descriptor, ...]
    tags: tuple[Tag, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.referrers) + len(self.tags)


def signatures_among(companions: Companions) -> Found:
    """Those of the image itself, not of a platform, an SBOM or an attestation."""
    referrers = (item for item in companions.of_root if is_signature(item))
    return Found(tuple(referrers), tuple(tag for tag in companions.tags_of_root if tag.endswith(".sig")))


def is_signature(referrer: Descriptor) -> bool:
    """True where a referrer says of itself that it is a signature; a Sigstore bundle may be a statement as well."""
    return kind_of(referrer.artifact_type, referrer.annotations) is CompanionKind.SIGNATURE


async def judge_signed(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Nothing where the target wants no signature."""
    rules = evidence.request.target.gates
    if not rules.signed:
        return ()
    found = signatures_among(evidence.companions)
    if not found.count:
        return (fails(SIGNED, "the image itself has no signature", await _where_to_sign(evidence, tools)),)
    if evidence.forecast.engine is EngineName.DOCKER:
        return (fails(SIGNED, "a Docker Engine leaves signatures behind", "use --engine direct"),)
    if not rules.signed_by:
        return (passes(SIGNED, f"{found.count} found, not verified: no key is configured (gates.signed_by)"),)
    return (await _verified(evidence, tools, found),)


async def _where_to_sign(evidence: Evidence, tools: Tools) -> str:
    """What gives the source a signature; one that was made later may lie further back on the path."""
    source = evidence.request.source
    keys = " or ".join(_name(file) for file in evidence.request.target.gates.signed_by)
    there = f"sign it in {source.name}" + (f" with the key of {keys}" if keys else "")
    path = list(tools.registries)
    for before in reversed(path[: path.index(source)]):
        if await _is_signed(evidence, before, tools.registries[before]):
            return f"{there}, or promote it there again from {before.name}, where it is signed"
    return there


async def _is_signed(evidence: Evidence, environment: Environment, registry: Source) -> bool:
    """True where `environment` has a signature of the image; one that cannot be read is none to tell of."""
    place, digest = environment.locate(evidence.request.repository), evidence.digest
    try:
        referrers, tag = await gather_pair(
            registry.referrers(place, digest), resolve_or_none(registry, place, cosign_tag(digest, "sig"))
        )
    except RegistryError:
        return False
    return tag is not None or any(map(is_signature, referrers))


async def _verified(evidence: Evidence, tools: Tools, found: Found) -> Verdict:
    keys = evidence.request.target.gates.signed_by
    if tools.trust is None:
        return fails(SIGNED, "no signature can be verified here", "promote from where public keys can be used")
    request = evidence.request
    source = tools.registries[request.source]
    references = (*(item.digest for item in found.referrers), *found.tags)
    try:
        image = await source.fetch_manifest(request.source.locate(request.repository), evidence.digest)
    except RegistryError as error:
        return fails(SIGNED, f"the image could not be read: {error.detail}", "try again")
    work = Proof(source, request.source.locate(request.repository), image, tools.clock(), tools.trust, keys)
    proved = await prove(work, references)
    if isinstance(proved, Unproved):
        return _unproved(proved, f"sign it in {request.source.name} with the key of {' or '.join(map(_name, keys))}")
    return passes(SIGNED, f"{proved.kind} verified with {_name(proved.key)} (no transparency log is asked)")


def _unproved(proved: Unproved, remedy: str) -> Verdict:
    """A key that cannot be used comes first, with what mends that: who has it need perhaps sign nothing."""
    told = f"no signature is verified: {_told(proved.reasons)}"
    if not proved.unusable:
        return fails(SIGNED, told, f"{remedy}, or mend gates.signed_by")
    keys = _told(proved.unusable)
    if not proved.reasons:
        return fails(SIGNED, keys, "then look again")
    return fails(SIGNED, f"{keys}. {told[0].upper()}{told[1:]}", remedy)


def _told(reasons: Sequence[str]) -> str:
    """Each reason once, the first few."""
    return "; ".join(_first(list(dict.fromkeys(reasons))))


def _first(reasons: Sequence[str]) -> Iterator[str]:
    yield from reasons[:_SHOWN]
    if len(reasons) > _SHOWN:
        yield f"and {len(reasons) - _SHOWN} more reasons"


def _name(file: str) -> str:
    """The name of a key's file, without its folders."""
    return file.replace("\\", "/").rpartition("/")[2]

"""What is attached to an image and to each of its platforms, as far as it can be read.

It is found in three ways: as referrers, under the tags that cosign derives from a digest, and in the index itself,
where builders list attestations beside the platforms (annotations `vnd.docker.reference.type` and `….digest`).
Approvals and notes are left out: what one environment says of its promotions makes no image differ from another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain.artifact import is_of_windlass
from tui.domain.comparison_companions import Companion, CompanionKind, kind_of, kind_of_suffix
from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.plan import Tree
from tui.domain.platform import Platform
from tui.domain.reference import Digest
from tui.ports.errors import RegistryError
from tui.usecases.companions import COSIGN_SUFFIXES, cosign_tag, resolve_or_none
from tui.usecases.concurrency import gather_all
from tui.usecases.lenient import LenientReader

_REFERENCE_TYPE: Final = "vnd.docker.reference.type"
_REFERENCE_DIGEST: Final = "vnd.docker.reference.digest"
_MOST_SENTENCES: Final = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """What companions can be about: the whole image (no platform), or one of its platforms."""

    platform: Platform | None
    digest: Digest


@dataclass(frozen=True, slots=True)
class Attached:
    """The companions of all subjects, and the subjects of which they could not all be read."""

    companions: tuple[Companion, ...]
    unread: tuple[Platform | None, ...]


async def find_attached(reader: LenientReader, tree: Tree, subjects: Sequence[Subject]) -> Attached:
    """What accompanies each of `subjects`; what a registry does not list becomes a sentence of `reader`."""
    answers = await gather_all(*(_ask(reader, subject) for subject in subjects))
    found = [*in_index(tree, {item.digest: item.platform for item in subjects})]
    errors: dict[Platform | None, RegistryError] = {}
    for subject, answer in zip(subjects, answers, strict=True):
        found += (item for item in answer if isinstance(item, Companion))
        if failed := [item for item in answer if isinstance(item, RegistryError)]:
            errors[subject.platform] = failed[0]
    _tell(reader, list(errors.values()))
    unique = {(item.kind, item.digest, item.subject): item for item in reversed(found)}
    return Attached(tuple(reversed(unique.values())), tuple(errors))


def in_index(tree: Tree, platforms: Mapping[Digest, Platform | None]) -> Iterator[Companion]:
    """The attestations that the indexes of `tree` list; one that states an SBOM and a provenance is told as both."""
    nodes = {node.raw.digest: node.parsed for node in tree.nodes}
    for index in nodes.values():
        for item in index.manifests if isinstance(index, Index) else ():
            notes = dict(item.annotations)
            if _REFERENCE_TYPE in notes:
                subject = _platform(notes.get(_REFERENCE_DIGEST, ""), platforms)
                for kind in _stated(nodes.get(item.digest)):
                    yield Companion(kind, item.media_type, item.digest, "in the index", subject)


def is_attached(descriptor: Descriptor) -> bool:
    """True where an index lists it as being about another of its manifests."""
    return _REFERENCE_TYPE in dict(descriptor.annotations)


def _stated(attestation: Manifest | Index | None) -> frozenset[CompanionKind]:
    """What the layers of an attestation manifest state; where they do not say, it is an attestation."""
    layers = attestation.layers if attestation else ()
    kinds = frozenset(kind_of(layer.media_type, layer.annotations) for layer in layers)
    return kinds - {CompanionKind.OTHER} or frozenset({CompanionKind.ATTESTATION})


def _platform(digest: str, platforms: Mapping[Digest, Platform | None]) -> Platform | None:
    return next((platform for known, platform in platforms.items() if str(known) == digest), None)


async def _ask(reader: LenientReader, subject: Subject) -> list[Companion | RegistryError]:
    """The companions of one subject, and the errors of those questions that were not answered."""
    listed, *tagged = await gather_all(
        _referrers(reader, subject), *(_tagged(reader, subject, suffix) for suffix in COSIGN_SUFFIXES)
    )
    return [*listed, *(item for items in tagged for item in items)]


async def _referrers(reader: LenientReader, subject: Subject) -> list[Companion | RegistryError]:
    answer = await reader.attempt(lambda: reader.registry.referrers(reader.repository, subject.digest))
    if isinstance(answer, RegistryError):
        return [answer]
    return [_referrer(item, subject.platform) for item in answer if not is_of_windlass(item)]


def _referrer(item: Descriptor, platform: Platform | None) -> Companion:
    media_type = item.artifact_type or item.media_type
    return Companion(kind_of(media_type, item.annotations), media_type, item.digest, "referrer", platform)


async def _tagged(reader: LenientReader, subject: Subject, suffix: str) -> list[Companion | RegistryError]:
    tag = cosign_tag(subject.digest, suffix)
    answer = await reader.attempt(lambda: resolve_or_none(reader.registry, reader.repository, tag))
    if isinstance(answer, RegistryError):
        return [answer]
    if answer is None:
        return []
    found = f"tag {subject.digest.algorithm}-….{suffix}"
    return [Companion(kind_of_suffix(suffix), answer.media_type, answer.digest, found, subject.platform)]


def _tell(reader: LenientReader, errors: Sequence[RegistryError]) -> None:
    """One sentence for each subject, but of many only a few: a registry that lists none says the same of all."""
    reader.unread += (str(error) for error in errors[:_MOST_SENTENCES])
    if (more := len(errors) - _MOST_SENTENCES) > 0:
        reader.unread.append(f"nor the signatures and the like of {more} more platforms")

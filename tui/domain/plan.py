"""A plan: everything about a promotion that can be known before anything is written.

The source is pinned by digest. Execution resolves source and target again and stops if either is no longer what the
plan says.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tui.domain.content import Descriptor, Index, Manifest, RawManifest
from tui.domain.environment import EngineName, Environment
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.verdict import Consent, Verdict


class Effect(StrEnum):
    """What a promotion does to the target's tag."""

    CREATES = "creates"
    OVERWRITES = "overwrites"
    NOTHING = "nothing"
    """The target already holds this digest under this tag."""


class Keeping(StrEnum):
    """Whether an engine keeps the manifest digest."""

    KEPT = "kept"
    LOST = "lost"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Request:
    """What an operator or a pipeline asks for.

    `seen` is the source digest that was on the board, None where the tag alone was named. `confirms_change` is the
    explicit wish to use an engine although it changes or flattens what it carries. `pinned` is the digest to promote
    whatever the source's tag holds now, as an undo does. `occasion` is what the request came from: `undo ID`,
    `resume ID` or `follow`; empty where somebody named the image.
    """

    source: Environment
    target: Environment
    repository: Repository
    tag: Tag
    target_tag: Tag
    engine: EngineName = EngineName.AUTO
    seen: Digest | None = None
    confirms_change: bool = False
    pinned: Digest | None = None
    occasion: str = ""

    @property
    def wanted(self) -> Tag | Digest:
        """What is looked for at the source."""
        return self.pinned or self.tag


@dataclass(frozen=True, slots=True)
class Node:
    """One manifest of the source: its exact bytes and what they say."""

    raw: RawManifest
    parsed: Manifest | Index


@dataclass(frozen=True, slots=True)
class Tree:
    """A manifest with everything it refers to, children before parents; the last node is the root."""

    nodes: tuple[Node, ...]

    @property
    def root(self) -> Node:
        """The manifest that the tag names."""
        return self.nodes[-1]

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """The blobs of all manifests, configs and layers, each digest once."""
        unique = {blob.digest: blob for node in self.nodes for blob in node.parsed.blobs}
        return tuple(unique.values())

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms of a multi-platform image; empty for a single manifest, whose config tells."""
        return self.root.parsed.platforms if isinstance(self.root.parsed, Index) else ()

    @property
    def size(self) -> int:
        """Bytes of all manifests and blobs, compressed as they are stored."""
        return sum(len(node.raw.body) for node in self.nodes) + sum(blob.size for blob in self.blobs)


@dataclass(frozen=True, slots=True)
class Companions:
    """Signatures, SBOMs and attestations that travel along with an image.

    `referrers` stand in an order in which each follows its subject; `tags` are cosign's, with what they point to.
    """

    referrers: tuple[Descriptor, ...] = ()
    tags: tuple[tuple[Tag, Descriptor], ...] = ()
    of_root: tuple[Descriptor, ...] = ()
    """Those whose subject is the image itself, and not one of its platforms or companions."""
    tags_of_root: tuple[Tag, ...] = ()
    links: tuple[tuple[Digest, Digest], ...] = ()
    """Of each referrer its subject and its own digest, so that the target can be asked the same."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.referrers) + len(self.tags)

    @property
    def are_any(self) -> bool:
        """True where there are some, or links to what travels with the image itself, which are to be listed as well."""
        return bool(self.count or self.links)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What of the source the target lacks."""

    missing_blobs: tuple[Descriptor, ...]
    missing_manifests: int
    referrers: int
    """Signatures, SBOMs and attestations that travel along."""

    @property
    def bytes(self) -> int:
        """Bytes of the missing blobs; those that can be mounted move no bytes, but count here."""
        return sum(blob.size for blob in self.missing_blobs)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an engine will do with an image. `refusal` says why it will not, `remedy` the way out; empty if it will.

    `instead` says why `auto` did not take the engine that would otherwise have been the better one; empty where there
    was nothing to choose.
    """

    engine: EngineName
    keeping: Keeping
    sentence: str
    refusal: str = ""
    remedy: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A promotion, ready to be confirmed.

    `current` is what the target's tag holds now, None where it is missing. `tree` is the source's content, fetched and
    verified: what is addressed by its digest cannot change before the promotion is carried out.
    """

    request: Request
    root: Descriptor
    current: Descriptor | None
    platforms: tuple[Platform, ...]
    size: int
    transfer: Transfer
    forecast: Forecast
    verdicts: tuple[Verdict, ...] = ()
    tree: Tree = Tree(())
    companions: Companions = Companions()
    config: bytes = field(default=b"", repr=False)
    """The config blob that told the platform, as it was read and verified; who copies it need not read it again."""
    made: datetime | None = None
    """When it was made, where that is so exact that a promotion which begins at once need not look again."""

    @property
    def digest(self) -> Digest:
        """The digest that will be promoted."""
        return self.root.digest

    @property
    def source(self) -> Reference:
        """The image to promote, pinned by digest."""
        request = self.request
        return request.source.reference(request.repository, None if request.pinned else request.tag, self.digest)

    @property
    def target(self) -> Reference:
        """The tag to write."""
        return self.request.target.reference(self.request.repository, self.request.target_tag)

    @property
    def effect(self) -> Effect:
        """What happens to the target's tag."""
        if self.current is None:
            return Effect.CREATES
        return Effect.NOTHING if self.current.digest == self.digest else Effect.OVERWRITES

    @property
    def refusals(self) -> tuple[Verdict, ...]:
        """The gates that do not pass."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)

    @property
    def questions(self) -> tuple[Verdict, ...]:
        """The gates that pass for who says yes to them."""
        return tuple(verdict for verdict in self.verdicts if verdict.asks)

    @property
    def command(self) -> str:
        """The command line that makes the same plan."""
        request = self.request
        if request.occasion:
            return f"windlass {request.occasion}"
        words = ["windlass", "promote", f"{request.repository}:{request.tag}"]
        words += ["--from", request.source.name, "--to", request.target.name]
        if request.target_tag != request.tag:
            words += ["--as", request.target_tag]
        if request.engine is not EngineName.AUTO:
            words += ["--engine", request.engine.value]
        if request.confirms_change:
            words.append("--allow-change")
        return shlex.join(words)


def consent_to(plans: Iterable[Plan]) -> Consent:
    """The yes of somebody who was shown `plans`, whole."""
    return Consent(frozenset(verdict.gate for plan in plans for verdict in plan.questions))

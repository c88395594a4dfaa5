"""A scripted repository for decisions: manifests and configs by digest, and a judge that is asked until it decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.strategies import NOW
from tui.domain import media
from tui.domain.content import Descriptor, Index, Manifest, digest_of
from tui.domain.explanation import Case, Explanation, Question
from tui.domain.facts import ImageFacts
from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.identity import Identity
from tui.domain.platform import Platform
from tui.domain.reasons import judge
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.domain.wants import Known, Want, WantFacts, WantManifest, WantPresence

API, TAG = Repository("shop/api"), Tag("1.0.0")
AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
HOUR = timedelta(hours=1)


def digest(name: str) -> Digest:
    """A digest that stands for something called `name`."""
    return digest_of(name.encode())


def layer(name: str, size: int = 10) -> Descriptor:
    """A layer."""
    return Descriptor(LAYER_TYPE, digest(name), size)


@dataclass(slots=True)
class Yard:
    """All content there is; `in_base` is what the base's repository holds without a tag."""

    manifests: dict[Digest, Manifest | Index] = field(default_factory=dict[Digest, Manifest | Index])
    facts: dict[Digest, ImageFacts] = field(default_factory=dict[Digest, ImageFacts])
    in_base: set[Digest] = field(default_factory=set[Digest])

    def image(
        self,
        name: str,
        layers: Sequence[str] = ("a", "b"),
        *,
        config: str = "",
        facts: ImageFacts | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> Digest:
        """An image called `name`; images with one `config` share it."""
        blob = Descriptor(media.OCI_CONFIG, digest(f"config {config or name}"), 5)
        noted = tuple(sorted((annotations or {}).items()))
        made = Manifest(media.OCI_MANIFEST, blob, tuple(map(layer, layers)), annotations=noted)
        self.manifests[digest(name)] = made
        own = tuple(digest(f"diff {name} {item}") for item in layers)
        self.facts.setdefault(blob.digest, facts or ImageFacts(AMD64, NOW - HOUR, own))
        return digest(name)

    def artifact(self, name: str, layers: Sequence[str] = (), annotations: Mapping[str, str] | None = None) -> Digest:
        """Something that is no image; all of them share the empty config. Its layer is its own, unless told."""
        blob = Descriptor(media.OCI_EMPTY, digest("{}"), 2)
        noted = tuple(sorted((annotations or {}).items()))
        made = Manifest(media.OCI_MANIFEST, blob, tuple(map(layer, layers or [name])), annotations=noted)
        self.manifests[digest(name)] = made
        return digest(name)

    def index(self, name: str, children: Mapping[Digest, Platform | None], commit: str = "") -> Digest:
        """An index of `children`, annotated with the commit."""
        rows = tuple(Descriptor(media.OCI_MANIFEST, item, 9, platform) for item, platform in children.items())
        noted = (("org.opencontainers.image.revision", commit),) if commit else ()
        self.manifests[digest(name)] = Index(media.OCI_INDEX, rows, annotations=noted)
        return digest(name)

    def read(self, want: Want, known: Known) -> Known:
        """`known` with what is wanted, or with the failure to read it."""
        match want:
            case WantManifest(_, wanted) if wanted in self.manifests:
                return replace(known, manifests={**known.manifests, wanted: self.manifests[wanted]})
            case WantFacts(_, blob) if blob.digest in self.facts:
                return replace(known, facts={**known.facts, blob.digest: self.facts[blob.digest]})
            case WantPresence(_, wanted):
                return replace(known, presence={**known.presence, wanted: wanted in self.in_base})
            case _:
                return replace(known, failures={**known.failures, want: f"cannot read {type(want).__name__}"})

    def decide(
        self, case: Case, *, denied: Sequence[type] = (), known: Known | None = None
    ) -> tuple[Explanation, list[Want]]:
        """What is decided in the end, and what was wanted on the way; wants of the types `denied` fail."""
        known, wants = known or Known(), list[Want]()
        while isinstance(answer := judge(case, known), WantManifest | WantFacts | WantPresence):
            assert answer not in wants, "asked for the same twice"
            wants.append(answer)
            if isinstance(answer, tuple(denied)):
                known = replace(known, failures={**known.failures, answer: f"403 on {type(answer).__name__}"})
            else:
                known = self.read(answer, known)
        assert judge(case, known) == answer
        return answer, wants


def case(
    base: Digest,
    held: Digest,
    *,
    base_tags: Sequence[str] = (),
    history: History | None = None,
    pushed: datetime | None = None,
    repushed: datetime | None = None,
) -> Case:
    """The base holds `base` under the tag, prod holds `held`."""
    question = Question(
        API,
        TAG,
        "base",
        "prod",
        TagEntry(TAG, base, pushed=repushed),
        TagEntry(TAG, held, pushed=pushed),
        tuple(map(Tag, base_tags)),
    )
    return Case(question, history or History())


def seen(environment: str, held: Digest | None, hours_ago: float) -> Sighting:
    """A survey saw the tag change."""
    return Sighting(environment, API, TAG, held, NOW - hours_ago * HOUR)


def landed(held: Digest, hours_ago: float, origin: str = "base", tag: Tag = TAG) -> Landing:
    """A promotion into prod, from `tag`."""
    return Landing("prod", API, TAG, held, NOW - hours_ago * HOUR, "3fa2", f"base.example/{API}:{tag}@{held}", origin)


def put_back(held: Digest, hours_ago: float) -> Landing:
    """An undo in prod, of a promotion that had replaced `held`."""
    source = f"prod.example/{API}@{held}"
    return Landing("prod", API, TAG, held, NOW - hours_ago * HOUR, "5bc4", source, "prod", occasion="undo 4ab3")


def taken_away(held: Digest, hours_ago: float) -> Removal:
    """An undo in prod, of the promotion that had created the tag."""
    return Removal("prod", API, TAG, held, NOW - hours_ago * HOUR, "6cd5", "undo 3fa2")


def named(commit: str = "", build: str = "", **other: object) -> ImageFacts:
    """Facts of an image that names its origin."""
    return ImageFacts(AMD64, NOW - HOUR, (), Identity(commit=commit, build=build))

"""Which manifest speaks for an image, and what the image says of its origin. Pure."""

from collections.abc import Mapping
from typing import Final

from tui.domain.content import Index, Manifest
from tui.domain.facts import ImageFacts
from tui.domain.identity import Identity, identity_of
from tui.domain.reference import Digest

DEPTH_LIMIT: Final = 2
"""Levels below an image's root that are followed to find the manifest that speaks for the whole."""


def spoken_for(node: Manifest | Index | None) -> Digest | None:
    """The manifest that speaks for an index: its first runnable one. None of a manifest, which speaks for itself."""
    children = node.images if isinstance(node, Index) else ()
    return children[0].digest if children else None


def identity_told(root: Manifest | Index, speaker: Manifest | Index, facts: ImageFacts | None) -> Identity:
    """What the annotations of both say, the root's first; then the labels, and when the config was made."""
    told = identity_of(root.annotations).or_else(identity_of(speaker.annotations))
    return told.or_else(facts.identity).or_else(Identity(created=facts.created)) if facts else told


def identity_known(
    digest: Digest, manifests: Mapping[Digest, Manifest | Index], facts: Mapping[Digest, ImageFacts]
) -> Identity | None:
    """The identity of the image `digest`; None where that takes more than is in `manifests` and `facts`."""
    root = speaker = manifests.get(digest)
    for _ in range(DEPTH_LIMIT):
        child = spoken_for(speaker)
        speaker = manifests.get(child) if child else speaker
    if root is None or speaker is None:
        return None
    if not isinstance(speaker, Manifest) or not speaker.is_image:
        return identity_told(root, speaker, None)
    known = facts.get(speaker.config.digest)
    return identity_told(root, speaker, known) if known else None

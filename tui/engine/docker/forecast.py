"""What a Docker Engine will do to an image's digest, told beforehand. Pure.

The rules were measured with Docker Engine 20.10 (classic store) and 26.1 (containerd store): the classic store
unpacks layers and writes a manifest of its own, the containerd store pushes the bytes that it pulled.
"""

import json
import re
from typing import Final

from tui.domain import media
from tui.domain.content import Index, Manifest
from tui.domain.environment import EngineName
from tui.domain.plan import Forecast, Keeping, Node, Request, Tree
from tui.domain.platform import Platform
from tui.domain.reference import Digest
from tui.engine.docker.facts import EngineFacts, Store

_OUT: Final = "use --engine direct"
_REPEAT: Final = "repeat with --allow-change"
_ZSTD_SINCE: Final = 23
_DOMAIN: Final = re.compile(r"[.:A-Z]|^localhost$")


def forecast(request: Request, tree: Tree, facts: EngineFacts, platform: Platform | None) -> Forecast:
    """The forecast for `tree`. `platform` is the one in a single manifest's config, None where it is not known."""
    refusal = _misread_registry(request)
    if refusal:
        return _refused(refusal)
    match tree.root.parsed:
        case Index() as index:
            return _of_index(index, facts, is_asked=request.confirms_change)
        case Manifest() as manifest:
            return _of_manifest(tree.root, manifest, facts, platform, is_asked=request.confirms_change)


def explain_change(told: Forecast, expected: Digest, observed: Digest) -> str:
    """A sentence on a push that wrote another digest than was promoted."""
    reason = told.sentence if told.keeping is not Keeping.KEPT else "this engine was expected to keep it"
    return f"the engine pushed {observed} instead of {expected}: {reason}"


def _misread_registry(request: Request) -> str:
    """The engine reads a first name with neither dot nor port as a user on Docker Hub (its reference grammar)."""
    hosts = (request.source.registry, request.target.registry)
    misread = next((host for host in hosts if not _DOMAIN.search(host)), None)
    if misread is None:
        return ""
    return (
        f"a Docker Engine would take {misread} for a name on Docker Hub: "
        f"write the registry with its port, such as {misread}:443, or {_OUT}"
    )


def _of_index(index: Index, facts: EngineFacts, *, is_asked: bool) -> Forecast:
    if facts.store is Store.CONTAINERD:
        return _refused(
            f"this image has several platforms; {facts.title} pulls only its own, {facts.platform}, "
            f"and then cannot push the whole: {_OUT}"
        )
    if index.platforms and not any(facts.runs(platform) for platform in index.platforms):
        offered = ", ".join(map(str, index.platforms))
        return _refused(f"this image is for {offered}; {facts.title} on {facts.platform} cannot pull it: {_OUT}")
    told = Forecast(
        EngineName.DOCKER,
        Keeping.LOST,
        f"{facts.title} pushes only the {facts.platform} manifest of this multi-platform image, with another digest.",
    )
    return told if is_asked else _refuse(told, f"to push that one platform under the tag, {_REPEAT}")


def _of_manifest(
    node: Node, manifest: Manifest, facts: EngineFacts, platform: Platform | None, *, is_asked: bool
) -> Forecast:
    if not manifest.is_image:
        return _refused(f"this is an artifact, not an image: a Docker Engine cannot pull it; {_OUT}")
    if facts.store is Store.CLASSIC and 0 < facts.major < _ZSTD_SINCE and _has_zstd(manifest):
        return _refused(f"its layers are compressed with zstd, which {facts.title} cannot unpack: {_OUT}")
    told = _of_content(node, facts)
    if platform is None or not platform.is_known:
        return _with_unknown_platform(told)
    if facts.runs(platform):
        return told
    foreign = _with_foreign_platform(told, platform, facts)
    return foreign if is_asked else _refuse(foreign, f"to try it all the same, {_REPEAT}")


def _of_content(node: Node, facts: EngineFacts) -> Forecast:
    """By store and media type alone: what is left when nothing refuses."""
    title = facts.title
    if facts.store is Store.CONTAINERD:
        return Forecast(EngineName.DOCKER, Keeping.KEPT, f"{title} pushes the bytes it pulled: the digest stays.")
    if node.raw.media_type == media.OCI_MANIFEST:
        sentence = f"{title} rewrites an OCI manifest as Docker schema 2 and drops its annotations: the digest changes."
        return Forecast(EngineName.DOCKER, Keeping.LOST, sentence)
    if not _is_in_engines_form(node.raw.body):
        sentence = f"{title} writes the manifest anew, and this one is not in its own form: the digest changes."
        return Forecast(EngineName.DOCKER, Keeping.LOST, sentence)
    sentence = (
        f"{title} compresses layers again when it uploads them: the digest stays only if such an engine built the "
        "image, or if every layer is mounted from a repository of the same registry."
    )
    return Forecast(EngineName.DOCKER, Keeping.UNSURE, sentence)


def _with_unknown_platform(told: Forecast) -> Forecast:
    """An image that does not tell its platform may not be the host's: nothing is promised."""
    keeping = Keeping.UNSURE if told.keeping is Keeping.KEPT else told.keeping
    return Forecast(told.engine, keeping, f"{told.sentence} The image's platform is not known.")


def _with_foreign_platform(told: Forecast, platform: Platform, facts: EngineFacts) -> Forecast:
    keeping = Keeping.UNSURE if told.keeping is Keeping.KEPT else told.keeping
    return Forecast(told.engine, keeping, f"{told.sentence} The image is for {platform}, the host is {facts.platform}.")


def _is_in_engines_form(body: bytes) -> bool:
    """True for JSON as the classic store writes it, indented by three spaces, fields in the order of its structs.

    Measured: the same manifest in compact JSON came out with another digest even when every layer was mounted.
    """
    document = json.loads(body)
    return list(document) == ["schemaVersion", "mediaType", "config", "layers"] and body == _indented(document)


def _indented(document: object) -> bytes:
    return json.dumps(document, indent=3, ensure_ascii=False).encode()


def _has_zstd(manifest: Manifest) -> bool:
    return any("zstd" in layer.media_type for layer in manifest.layers)


def _refused(reason: str) -> Forecast:
    return Forecast(EngineName.DOCKER, Keeping.LOST, reason, reason)


def _refuse(told: Forecast, on_request: str) -> Forecast:
    refusal = f"{told.sentence} To keep it as it is, {_OUT}; {on_request}."
    return Forecast(told.engine, told.keeping, told.sentence, refusal)

"""Proving: fetch an image's signatures, and ask which of the given keys made one of them.

What is fetched is hostile: its number and size are limited, and whatever is wrong with it is a reason, not an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain.content import Descriptor, RawManifest, parse_manifest
from tui.domain.fields import InvalidContent
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.signature_fields import SIGNATURE_LIMIT, Signed
from tui.domain.signature_formats import Subject, read_signatures
from tui.ports.errors import RegistryError, TrustError
from tui.ports.registry import Source
from tui.ports.trust import Trust
from tui.usecases.concurrency import gather_all

_MOST: Final = 20
"""Signatures that are looked at."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is to be proved: that one of `keys` signed `image`, which lies in `repository` of `source`."""

    source: Source
    repository: Repository
    image: RawManifest
    at: datetime
    trust: Trust
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """That the key in the file `key` made a signature, and of which kind it is."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Unproved:
    """Why no signature is proved, one reason for each thing that was looked at; `unusable` tells of keys."""

    reasons: tuple[str, ...]
    unusable: tuple[str, ...] = ()


async def prove(proof: Proof, manifests: Sequence[Digest | Tag]) -> Proved | Unproved:
    """The first of the signatures in `manifests` that one of the keys made; reads from the source."""
    reasons, unusable = list[str](), list[str]()
    listed = await gather_all(*(_layers(proof, each, reasons) for each in manifests[:_MOST]))
    layers = [layer for each in listed for layer in each]
    for layer in layers[:_MOST]:
        for signed in await _signed(proof, layer, reasons):
            if key := await _maker(proof, signed, reasons, unusable):
                return Proved(signed.kind, key)
    if max(len(layers), len(manifests)) > _MOST:
        reasons.append(f"only the first {_MOST} signatures are looked at")
    return Unproved(tuple(reasons), tuple(dict.fromkeys(unusable)))


async def _layers(proof: Proof, reference: Digest | Tag, reasons: list[str]) -> tuple[Descriptor, ...]:
    """The signatures that a manifest holds; none where it cannot be read, which is then among `reasons`."""
    try:
        parsed = parse_manifest(await proof.source.fetch_manifest(proof.repository, reference))
    except RegistryError as error:
        reasons.append(f"a signature could not be read: {error.detail}")
        return ()
    except InvalidContent as error:
        reasons.append(f"a signature is not whole: {error}")
        return ()
    if not parsed.layers:
        reasons.append("what should be a signature holds none")
    return parsed.layers


async def _signed(proof: Proof, layer: Descriptor, reasons: list[str]) -> tuple[Signed, ...]:
    """What is signed in `layer`; nothing where it is not about the image or is not whole, with a reason."""
    try:
        return read_signatures(layer, await _fetch(proof, layer), Subject(proof.image, proof.at))
    except RegistryError as error:
        reasons.append(f"a signature could not be read: {error.detail}")
    except InvalidContent as error:
        reasons.append(str(error))
    return ()


async def _fetch(proof: Proof, layer: Descriptor) -> bytes:
    if layer.size > SIGNATURE_LIMIT:
        raise InvalidContent(f"a signature claims {layer.size} bytes; at most {SIGNATURE_LIMIT} are read")
    async with proof.source.open_blob(proof.repository, layer) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def _maker(proof: Proof, signed: Signed, reasons: list[str], unusable: list[str]) -> str:
    """The key that made `signed`; empty where none did. Why a key cannot be used is added to `unusable`."""
    tried = 0
    for key in proof.keys:
        try:
            if await proof.trust.verifies(key, signed.message, signed.signature, signed.algorithm):
                return key
            tried += 1
        except TrustError as error:
            unusable.append(str(error))
    if tried:
        reasons.append(f"{signed.kind} made by another key")
    return ""

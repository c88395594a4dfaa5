"""Content from a hostile builder or registry: reading it ends, in an answer or in an error that is fit to show."""

import asyncio
import json
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import NOW, FakeJournal, FakeMemory
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import Explained, Question, Undecided
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.ports.errors import NotFound, RegistryError
from tui.ports.registry import Registry
from tui.usecases.comparing import Spot, compare
from tui.usecases.explaining import Explainer
from tui.usecases.library import Library
from tui.usecases.tools import Tools

API, TAG = Repository("shop/api"), Tag("1.0.0")
BASE, PROD = Environment("base", "base.example"), Environment("prod", "prod.example")
PATH = PromotionPath((BASE, PROD))
MEBIBYTE = 1024 * 1024
NASTY = "[@click=app.quit]x[/]\x1b]0;owned\x07\x1b[31m‮evil​ "


@dataclass(slots=True)
class Shop:
    """A registry that serves whatever it was given, true to its digest or not."""

    host: str
    manifests: dict[Digest, RawManifest] = field(default_factory=dict[Digest, RawManifest])
    blobs: dict[Digest, bytes] = field(default_factory=dict[Digest, bytes])
    tagged: Digest | None = None

    def put(self, document: object, media_type: str, *, tag: bool = False) -> Digest:
        """Serves `document` under its digest."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        raw = RawManifest(media_type, body, digest_of(body))
        self.manifests[raw.digest] = raw
        self.tagged = raw.digest if tag else self.tagged
        return raw.digest

    def blob(self, body: bytes) -> dict[str, object]:
        """Serves a blob; its descriptor as an image config."""
        self.blobs[digest_of(body)] = body
        return {"mediaType": media.OCI_CONFIG, "digest": str(digest_of(body)), "size": len(body)}

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        return (await self.fetch_manifest(repository, reference)).descriptor

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        found = self.manifests.get(reference if isinstance(reference, Digest) else self.tagged or digest_of(b""))
        if found is None:
            raise NotFound(f"read {reference} of {repository}", self.host, "not there")
        return found

    @asynccontextmanager
    async def open_blob(self, repository: Repository, blob: Descriptor) -> AsyncGenerator[AsyncIterator[bytes], None]:
        body = self.blobs.get(blob.digest)
        if body is None:
            raise NotFound(f"read {blob.digest} of {repository}", self.host, "not there")

        async def chunks() -> AsyncIterator[bytes]:
            yield body

        yield chunks()

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        return ()


def tools_of(base: Shop, prod: Shop) -> Tools:
    registries = cast("dict[Environment, Registry]", {BASE: base, PROD: prod})
    return Tools(registries, {}, FakeJournal(), FakeMemory(), lambda: NOW)


def texts(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from texts(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        for part in cast("tuple[object, ...]", value):
            yield from texts(part)


def is_fit_to_show(text: str) -> bool:
    """True where no character moves the cursor, or hides or reorders others."""
    return not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in text)


async def examine(base: Shop, prod: Shop) -> list[object]:
    """Explains, identifies and compares the two; whatever comes of it, in time."""
    tools = tools_of(base, prod)
    library = Library(tools)
    found: list[object] = []
    if base.tagged is None or prod.tagged is None:
        return found
    async with asyncio.timeout(20):
        if base.tagged != prod.tagged:
            entries = TagEntry(TAG, base.tagged), TagEntry(TAG, prod.tagged)
            question = Question(API, TAG, "base", "prod", *entries)
            found.append(await Explainer(tools, library, PATH, lambda _: None).decide(question))
            assert isinstance(found[0], Explained | Undecided)
            assert "fault in windlass" not in str(found[0])
        for work in (
            library.read_identity(BASE, API, base.tagged),
            compare(tools, Spot(BASE, API, TAG), Spot(PROD, API, TAG)),
        ):
            try:
                found.append(await work)
            except RegistryError as error:
                found.append(str(error))
    return found


def shops() -> tuple[Shop, Shop]:
    return Shop("base.example"), Shop("prod.example")


def image(shop: Shop, config: bytes, **more: object) -> Digest:
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": str(digest_of(config)), "size": 3}
    return shop.put({"config": shop.blob(config), "layers": [layer], **more}, media.OCI_MANIFEST, tag=True)


CONFIGS = {
    "not JSON": b"\x00\xff\xfe[",
    "deeply nested": b"[" * 100_000,
    "a list": b"[]",
    "labels that are a list": b'{"config": {"Labels": []}}',
    "env of numbers": b'{"config": {"Env": [1, 2]}}',
    "huge numbers": b'{"created": 1e999, "config": {"User": ' + b"9" * 5000 + b"}}",
    "a mebibyte in a label": json.dumps({"config": {"Labels": {"a": "x" * MEBIBYTE}}}).encode(),
    "ten thousand labels": json.dumps({"config": {"Labels": {f"k{n}": NASTY for n in range(10_000)}}}).encode(),
    "escapes everywhere": json.dumps(
        {
            "os": NASTY,
            "architecture": NASTY,
            "created": NASTY,
            "config": {
                "Labels": {NASTY: NASTY, "org.opencontainers.image.revision": NASTY},
                "Env": [f"{NASTY}={NASTY}"],
                "Cmd": [NASTY],
                "User": NASTY,
                "ExposedPorts": {NASTY: {}},
            },
        }
    ).encode(),
}


@pytest.mark.parametrize("name", CONFIGS)
async def test_a_hostile_config_is_read_to_an_end(name: str) -> None:
    base, prod = shops()
    image(base, b'{"os": "linux", "architecture": "amd64"}')
    image(prod, CONFIGS[name], annotations={NASTY: NASTY})
    found = await examine(base, prod)
    assert found
    assert all(is_fit_to_show(text) for text in texts(found))


async def test_an_index_that_lists_itself_and_its_parent_ends() -> None:
    base, prod = shops()
    for shop in (base, prod):
        own = digest_of(shop.host.encode())
        row = {"mediaType": media.OCI_INDEX, "digest": str(own), "size": 3}
        platform = {"platform": {"os": "linux", "architecture": "amd64"}}
        body = json.dumps({"manifests": [row | platform, row]}).encode()
        shop.manifests[own] = RawManifest(media.OCI_INDEX, body, own)  # no true registry: its digest is a lie
        shop.tagged = own
    found = await examine(base, prod)
    assert len(found) == 3


async def test_an_index_of_thousands_of_images_is_not_read_whole_to_explain_it() -> None:
    base, prod = shops()
    image(prod, b"{}")
    rows = [
        {"mediaType": media.OCI_MANIFEST, "digest": str(digest_of(str(n).encode())), "size": 3} for n in range(3000)
    ]
    base.put({"manifests": rows}, media.OCI_INDEX, tag=True)
    tools = tools_of(base, prod)
    library = Library(tools)
    assert base.tagged
    assert prod.tagged
    question = Question(API, TAG, "base", "prod", TagEntry(TAG, base.tagged), TagEntry(TAG, prod.tagged))
    await Explainer(tools, library, PATH, lambda _: None).decide(question)
    assert library.requests < 10


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just(NASTY)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=8,
)
keys = st.sampled_from(["config", "layers", "manifests", "mediaType", "annotations", "subject", "platform", "rootfs"])
documents = st.one_of(st.binary(max_size=40), st.dictionaries(keys, json_values, max_size=5), json_values)
media_types = st.sampled_from(sorted(media.MANIFESTS | media.INDEXES))


@st.composite
def indexes(draw: st.DrawFn) -> tuple[dict[str, Any], Sequence[tuple[object, str]]]:
    """An index with children that may be anything."""
    children = draw(st.lists(st.tuples(documents, media_types), max_size=3))
    return draw(st.dictionaries(st.just("annotations"), json_values, max_size=1)), children


@given(st.tuples(indexes(), indexes()), st.tuples(documents, documents), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_whatever_is_served_it_ends_and_nothing_raw_comes_out(
    trees: tuple[Any, Any], configs: tuple[object, object], single: bool
) -> None:
    base, prod = shops()
    for shop, (extra, children), config in zip((base, prod), trees, configs, strict=True):
        body = config if isinstance(config, bytes) else json.dumps(config).encode()
        if single:
            image(shop, body, **extra)
            continue
        rows = [{"mediaType": kind, "digest": str(shop.put(document, kind)), "size": 1} for document, kind in children]
        rows.append({"mediaType": media.OCI_MANIFEST, "digest": str(image(shop, body)), "size": 1})
        shop.put({"manifests": rows, **extra}, media.OCI_INDEX, tag=True)
    found = await examine(base, prod)
    assert all(is_fit_to_show(text) for text in texts(found))


def test_the_check_sees_what_it_looks_for() -> None:
    assert not is_fit_to_show(NASTY)
    assert is_fit_to_show("shop/api ≠ 日本")
    assert list(texts((datetime(2026, 1, 1), ("a", [TagEntry(TAG, None)])))) == ["a", TAG]

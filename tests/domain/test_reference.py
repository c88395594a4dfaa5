"""Names are parsed once, exactly as the OCI grammar says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.reference import (
    Digest,
    InvalidName,
    Reference,
    Repository,
    Tag,
    parse_registry,
    parse_repository,
    parse_repository_tag,
    parse_tag,
)


@given(some.repositories)
def test_every_repository_of_the_grammar_parses_to_itself(name: str) -> None:
    assert parse_repository(name) == name


@given(some.tags)
def test_every_tag_of_the_grammar_parses_to_itself(tag: Tag) -> None:
    assert parse_tag(tag) == tag


@given(some.digests)
def test_a_digest_survives_the_way_through_text(digest: Digest) -> None:
    assert Digest.parse(str(digest)) == digest


@given(some.repositories, some.tags)
def test_repository_and_tag_part_at_the_last_colon(repository: str, tag: Tag) -> None:
    assert parse_repository_tag(f"{repository}:{tag}") == (repository, tag)


@given(st.text())
def test_any_text_parses_or_is_refused_with_a_sentence_fit_to_show(text: str) -> None:
    for parse in (parse_repository, parse_tag, Digest.parse, parse_repository_tag, parse_registry):
        try:
            parse(text)
        except InvalidName as error:
            assert str(error).isprintable()


@pytest.mark.parametrize(
    "name", ["", "Shop/api", "shop//api", "/shop", "shop/", "../etc", "a..b", "a___b", "shop/api\n", "a" * 256]
)
def test_a_name_outside_the_grammar_is_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        parse_repository(name)


@pytest.mark.parametrize("tag", ["", ".hidden", "-x", "a/b", "a b", "a" * 129, "[@click=app.quit]", "x\x1b[2J"])
def test_a_tag_outside_the_grammar_is_refused(tag: str) -> None:
    with pytest.raises(InvalidName):
        parse_tag(tag)


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha256:" + "A" * 64, "sha256:" + "a" * 63, "md5:" + "a" * 32, "sha512:" + "a" * 64]
)
def test_a_digest_of_wrong_shape_is_refused(digest: str) -> None:
    with pytest.raises(InvalidName):
        Digest.parse(digest)


@pytest.mark.parametrize("text", ["shop/api", "shop/api:", ":1.0", "host:5000/shop/api"])
def test_a_tag_is_never_implied(text: str) -> None:
    with pytest.raises(InvalidName):
        parse_repository_tag(text)


def test_a_reference_names_a_tag_or_a_digest() -> None:
    with pytest.raises(InvalidName, match="neither a tag nor a digest"):
        Reference("r.example", Repository("shop/api"))


def test_a_reference_reads_as_engines_write_it() -> None:
    digest = Digest("sha256", "a" * 64)
    reference = Reference("r.example:5000", Repository("shop/api"), Tag("1.0"), digest)
    assert str(reference) == f"r.example:5000/shop/api:1.0@{digest}"


@pytest.mark.parametrize("host", ["https://r.example", "r.example/x", "user@r.example", "", "r.example:123456"])
def test_a_registry_is_a_host_and_perhaps_a_port(host: str) -> None:
    with pytest.raises(InvalidName):
        parse_registry(host)

"""Where an image comes from, by its labels and annotations."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.identity import Identity, identity_of, is_same_commit

COMMIT = "1f3c2ab94be1d0a77aa01ee3c5d6e7f809182736"
texts = st.sampled_from(["", "a", "b"])
identities = st.builds(Identity, texts, texts, texts, texts, texts, texts)


def test_the_oci_keys() -> None:
    prefix = "org.opencontainers.image."
    labels = {
        "revision": COMMIT.upper(),
        "version": "1.14.2",
        "source": "https://git.example/shop/api",
        "base.name": "registry.example/node:22",
        "base.digest": "sha256:00",
        "created": "2026-11-24T12:00:00Z",
    }
    assert identity_of((prefix + key, value) for key, value in labels.items()) == Identity(
        COMMIT,
        "",
        "1.14.2",
        "https://git.example/shop/api",
        "registry.example/node:22",
        "sha256:00",
        datetime(2026, 11, 24, 12, tzinfo=UTC),
    )


def test_the_keys_of_azure_pipelines() -> None:
    prefix = "com.azure.dev.image.build."
    labels = {"sourceversion": COMMIT, "buildnumber": "20261120.4", "repository.uri": "https://dev.azure.com/x"}
    found = identity_of((prefix + key, value) for key, value in labels.items())
    assert found == Identity(COMMIT, "20261120.4", source="https://dev.azure.com/x")


@pytest.mark.parametrize(
    "labels",
    [
        {"ORG.OpenContainers.Image.Revision": COMMIT},
        {"org.label-schema.vcs-ref": COMMIT},
        {"org.opencontainers.image.revision": f"  {COMMIT}\n"},
        {"org.opencontainers.image.revision": " ", "com.azure.dev.image.build.sourceversion": COMMIT},
        {"com.azure.dev.image.build.sourceversion": "other", "org.opencontainers.image.revision": COMMIT},
    ],
)
def test_the_first_key_that_says_something_tells(labels: dict[str, str]) -> None:
    assert identity_of(labels.items()).commit == COMMIT


@pytest.mark.parametrize("said", ["unknown", "HEAD", "main", "${GIT_COMMIT}", "<no value>", "n/a", "0" * 40])
def test_what_stands_for_no_commit_is_none(said: str) -> None:
    assert identity_of([("org.opencontainers.image.revision", said)]).commit == ""
    labels = {"org.opencontainers.image.revision": said, "org.label-schema.vcs-ref": COMMIT}
    assert identity_of(labels.items()).commit == COMMIT


@pytest.mark.parametrize("said", [COMMIT, "abcdefa", "r1234", "C17", "1f3c2ab-dirty"])
def test_revisions_of_any_system_are_commits(said: str) -> None:
    assert identity_of([("org.opencontainers.image.revision", said)]).commit == said.lower()


def test_what_is_said_is_cleaned_and_short() -> None:
    found = identity_of([("org.opencontainers.image.version", "\x1b[31m" + "x" * 1000)])
    assert found.version.startswith("\N{REPLACEMENT CHARACTER}[31mxx")
    assert len(found.version) == 256


def test_no_label_is_no_identity() -> None:
    assert not identity_of([("maintainer", "x"), ("org.opencontainers.image.created", "yesterday")])
    assert identity_of([("org.opencontainers.image.created", "2026-11-24T12:00:00Z")])


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity(COMMIT, "20261120.4"), "20261120.4 1f3c2ab"),
        (Identity(COMMIT), "1f3c2ab"),
        (Identity(build="7"), "7"),
        (Identity(), ""),
    ],
)
def test_in_short(identity: Identity, expected: str) -> None:
    assert identity.short == expected


@given(identities, identities)
def test_the_first_of_two_tells_and_the_other_fills_in(one: Identity, other: Identity) -> None:
    both = one.or_else(other)
    assert both.commit == (one.commit or other.commit)
    assert both.base_digest == (one.base_digest or other.base_digest)
    assert one.or_else(Identity()) == Identity().or_else(one) == one


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (COMMIT, COMMIT, True),
        (COMMIT, COMMIT[:7], True),
        (COMMIT, COMMIT[:6], False),
        (COMMIT[:6], COMMIT[:6], True),
        (COMMIT, "9" * 40, False),
        ("", "", False),
        ("", COMMIT, False),
    ],
)
def test_a_commit_may_be_said_in_short(one: str, other: str, expected: bool) -> None:
    assert is_same_commit(one, other) is expected
    assert is_same_commit(other, one) is expected

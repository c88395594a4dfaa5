"""Values that differ between two images: settings, labels, annotations, origin. Compared as they are, given masked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from tui.domain.config import Config
from tui.domain.identity import Identity, is_same_commit
from tui.domain.masking import masked, masked_command

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs: `field` such as `env` or `label`, `key` its name; None where a side has none. Masked.

    Left and right may read the same: then what differs is what is masked.
    """

    field: str
    key: str
    left: str | None
    right: str | None


IDENTITY_FIELDS: Final = ("build", "commit", "version", "source", "base image", "base image digest")
"""What is told of an image's origin, in the order of the telling."""


def identity_values(identity: Identity) -> Mapping[str, str]:
    """What `identity` says, masked, by field; what it does not say is left out."""
    return {name: masked("", value) for name, value in zip(IDENTITY_FIELDS, _origin(identity), strict=True) if value}


def identity_changes(left: Identity, right: Identity) -> Iterator[Change]:
    """What the two say of their origin that is not the same; a commit may be said in short."""
    for field, one, other in zip(IDENTITY_FIELDS, _origin(left), _origin(right), strict=True):
        if field != "commit" or not is_same_commit(one, other):
            yield from value_change(field, one, other)


def config_changes(left: Config, right: Config) -> Iterator[Change]:
    """Everything about how a container is run that differs; then the labels."""
    yield from pair_changes("env", left.env, right.env)
    yield from _command_change("entrypoint", left.entrypoint, right.entrypoint)
    yield from _command_change("command", left.command, right.command)
    yield from value_change("user", left.user, right.user)
    yield from value_change("working dir", left.working_dir, right.working_dir)
    yield from _member_changes("port", left.ports, right.ports)
    yield from _member_changes("volume", left.volumes, right.volumes)
    yield from pair_changes("label", left.labels, right.labels)


def pair_changes(field: str, left: Pairs, right: Pairs) -> Iterator[Change]:
    """Names and values that differ, by name, in the left side's order; a name that is there twice counts twice."""
    if left == right:
        return
    lefts, rights = _by_name(left), _by_name(right)
    for name in lefts | rights:
        for one, other in zip_longest(lefts.get(name, ()), rights.get(name, ())):
            if one != other:
                yield Change(field, name, _masked(name, one), _masked(name, other))


def value_change(field: str, left: str, right: str) -> Iterator[Change]:
    """One value; that it is empty means that there is none."""
    if left != right:
        yield Change(field, "", _masked("", left or None), _masked("", right or None))


def _origin(identity: Identity) -> tuple[str, ...]:
    return (
        identity.build,
        identity.commit,
        identity.version,
        identity.source,
        identity.base_name,
        identity.base_digest,
    )


def _command_change(field: str, left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[Change]:
    if left != right:
        yield Change(field, "", masked_command(left) if left else None, masked_command(right) if right else None)


def _member_changes(field: str, left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[Change]:
    """Members of a set, which have no value: on the side that has one, its name stands for it."""
    lefts, rights = frozenset(left), frozenset(right)
    for name in sorted(lefts ^ rights):
        yield Change(field, name, name if name in lefts else None, name if name in rights else None)


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        found[name].append(value)
    return dict(found)


def _masked(name: str, value: str | None) -> str | None:
    return None if value is None else masked(name, value)

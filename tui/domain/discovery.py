"""Registries that a login can see, and the promotion path that their names suggest. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class FoundRegistry:
    """A registry in Azure. `host` is its login server; `resource_id` is its full name in Azure Resource Manager."""

    name: str
    host: str
    resource_id: str
    subscription: str
    """The subscription's name for people, or its id where it has none."""
    resource_group: str
    sku: str = ""
    has_repository_permissions: bool = False
    """True in the mode "RBAC Registry + ABAC Repository Permissions"."""


class Stage(IntEnum):
    """What an environment is for, in the order that images travel."""

    BASE = 0
    DEV = 1
    TEST = 2
    STAGE = 3
    PROD = 4


@dataclass(frozen=True, slots=True)
class Proposed:
    """An environment called `name` in `registry`. `stage` is None where nothing in its names says one."""

    name: str
    registry: FoundRegistry
    stage: Stage | None


_ANYWHERE: Final = {
    "base": Stage.BASE, "build": Stage.BASE, "shared": Stage.BASE, "common": Stage.BASE,
    "development": Stage.DEV, "test": Stage.TEST,
    "stage": Stage.STAGE, "staging": Stage.STAGE, "preprod": Stage.STAGE, "preproduction": Stage.STAGE,
    "prod": Stage.PROD, "production": Stage.PROD,
}  # fmt: skip
"""Words that say a stage wherever they stand, as in `contosoprodweu`."""
_AT_AN_END: Final = {
    "dev": Stage.DEV, "qa": Stage.TEST, "tst": Stage.TEST, "uat": Stage.TEST,
    "stg": Stage.STAGE, "prd": Stage.PROD, "live": Stage.PROD,
}  # fmt: skip
"""Shorter ones, which stand within too many other words."""
_ALONE: Final = {"ci": Stage.BASE, "int": Stage.DEV}
_MISLEADING: Final = (
    r"latest", r"fastest", r"greatest", r"(?<![a-z])(?:con|at)test", r"product(?!ion)", r"reproduction", r"nonprod",
    r"database", r"backstage", r"device", r"developer", r"devops",
)  # fmt: skip
"""Words that hold one of the others and say nothing, or the opposite."""


def _pattern() -> re.Pattern[str]:
    anywhere, ends, alone = (
        "|".join(sorted(words, key=len, reverse=True)) for words in (_ANYWHERE, _AT_AN_END, _ALONE)
    )
    misleading = "|".join(_MISLEADING)
    edge, end = r"(?<![a-z])", r"(?![a-z])"
    short = rf"{edge}(?:{ends})|(?:{ends}){end}|{edge}(?:{alone}){end}"
    return re.compile(rf"(?P<misleading>{misleading})|(?P<word>{anywhere}|{short})")


_WORDS: Final = _pattern()
_STAGES: Final = _ANYWHERE | _AT_AN_END | _ALONE
_LONGEST_NAME: Final = 24


def propose(found: Sequence[FoundRegistry]) -> tuple[Proposed, ...]:
    """The promotion path that the names suggest: base, dev, test, stage, prod. Those that fit nothing are left out."""
    staged = ((stage, registry) for registry in found if (stage := stage_of(registry)) is not None)
    ordered = sorted(staged, key=lambda pair: (pair[0], pair[1].host, pair[1].resource_id))
    return arrange([registry for _, registry in ordered])


def unused(found: Sequence[FoundRegistry], path: Iterable[Proposed]) -> tuple[FoundRegistry, ...]:
    """Those of `found` that are not in `path`, in their order."""
    taken = [each.registry for each in path]
    return tuple(registry for registry in found if registry not in taken)


def arrange(chosen: Sequence[FoundRegistry]) -> tuple[Proposed, ...]:
    """`chosen` in just this order, each with a name of its own.

    What says no stage is called after its place, and `base` where it stands first and nothing else is the base.
    """
    stages = [stage_of(registry) for registry in chosen]
    names = [f"env{place}" for place in range(1, len(chosen) + 1)]
    if chosen and Stage.BASE not in stages and stages[0] is None:
        names[0] = "base"
    for stage in Stage:
        places = [place for place, its in enumerate(stages) if its is stage]
        for place, name in zip(places, _names(stage, [chosen[place] for place in places]), strict=True):
            names[place] = name
    return tuple(Proposed(*each) for each in zip(names, chosen, stages, strict=True))


def stage_of(registry: FoundRegistry) -> Stage | None:
    """The stage that a registry's name says, or else its host, or else its resource group.

    Of several in one name the furthest along counts: to take production for a test is the worse mistake.
    """
    for text in _texts(registry):
        stages = [_STAGES[match["word"]] for match in _matches(text)]
        if stages:
            return max(stages)
    return None


def _texts(registry: FoundRegistry) -> tuple[str, str, str]:
    """What may say a stage. A host's last part (`.io`, `.test`) says none."""
    host = registry.host.partition(":")[0].rpartition(".")[0]
    return registry.name.lower(), host.lower(), registry.resource_group.lower()


def _matches(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _WORDS.finditer(text) if match["word"])


def _names(stage: Stage, registries: Sequence[FoundRegistry]) -> Sequence[str]:
    """A name for each registry of one stage, told apart by what else their names say, or else by number."""
    word = stage.name.lower()
    for tell in (_after, _before, _group):
        rests = [tell(registry, stage) for registry in registries]
        if len(set(rests)) == len(rests) and all(len(rest) <= _LONGEST_NAME for rest in rests):
            return [f"{word}-{rest}" if rest and len(rests) > 1 else word for rest in rests]
    return [word if number == 1 else f"{word}-{number}" for number in range(1, len(registries) + 1)]


def _after(registry: FoundRegistry, stage: Stage) -> str:
    """What follows the stage in the name, such as a region."""
    return _around(registry.name.lower(), stage)[1]


def _before(registry: FoundRegistry, stage: Stage) -> str:
    """What precedes the stage in the name, such as a team."""
    return _around(registry.name.lower(), stage)[0]


def _group(registry: FoundRegistry, stage: Stage) -> str:
    """What the resource group says beside the stage."""
    before, after = _around(registry.resource_group.lower(), stage)
    return after or before


def _around(text: str, stage: Stage) -> tuple[str, str]:
    """What stands before and after the word that says `stage`; without one all of it stands before."""
    for match in _matches(text):
        if _STAGES[match["word"]] is stage:
            return _slug(text[: match.start()]), _slug(text[match.end() :])
    return _slug(text), ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")

"""Plan: find out everything about a promotion that can be known before anything is written. Reads only."""

from collections.abc import Sequence

from tui.domain.config import Config, parse_config
from tui.domain.content import Descriptor, RawManifest
from tui.domain.environment import EngineName, Environment
from tui.domain.fields import InvalidContent
from tui.domain.plan import Plan, Request, Transfer, Tree
from tui.domain.reference import Digest, Repository
from tui.ports.errors import NotFound, WindlassError
from tui.ports.registry import BlobPusher, Registry
from tui.usecases.choice import foresee, named_engine
from tui.usecases.companions import find_companions, resolve_or_none
from tui.usecases.concurrency import gather_all, gather_four, gather_pair
from tui.usecases.configs import fetch_config
from tui.usecases.gates import Evidence, judge
from tui.usecases.inspect import first_image, platforms_of
from tui.usecases.tools import Tools
from tui.usecases.tree import tree_below


class CannotPlan(WindlassError):
    """The promotion cannot be planned; the sentence says why and what to do."""


class NothingToPromote(CannotPlan):
    """The source has no such image; another environment may."""


async def make_plan(tools: Tools, request: Request) -> Plan:
    """The plan for `request`. Raises CannotPlan, RegistryError, EngineError."""
    _refuse_impossible(request, tools)
    source, target = tools.registries[request.source], tools.registries[request.target]
    root, current = await gather_pair(
        _fetch_source(source, request, next(iter(tools.registries))),
        resolve_or_none(target, request.target.locate(request.repository), request.target_tag),
    )
    tree = await tree_below(source, request.source.registry, request.source.locate(request.repository), root)
    companions, (blobs, manifests), config, forecast = await gather_four(
        find_companions(source, request.source.locate(request.repository), tree),
        _lacking(target, request, tree),
        _fetch_config(source, request, tree),
        foresee(tools.engines, request, tree),
    )
    evidence = Evidence(request, root.digest, current, companions, forecast)
    return Plan(
        request=request,
        root=root.descriptor,
        current=current,
        platforms=platforms_of(tree, _parsed(config)),
        size=tree.size,
        transfer=Transfer(blobs, manifests, companions.count),
        forecast=forecast,
        verdicts=await judge(evidence, tools),
        tree=tree,
        companions=companions,
        config=config,
    )


def _refuse_impossible(request: Request, tools: Tools) -> None:
    base = next(iter(tools.registries))
    if request.target == base:
        raise CannotPlan(f"{base.name} is the base: images are built into it, not promoted")
    same_place = request.source.reference(request.repository, request.tag)
    if request.pinned is None and same_place == request.target.reference(request.repository, request.target_tag):
        raise CannotPlan(f"source and target are the same: {same_place}")
    named = named_engine(request)
    if named is not EngineName.AUTO and named not in tools.engines:
        raise CannotPlan(f"the engine {named} is not available for this target; use direct")


async def _fetch_source(source: Registry, request: Request, base: Environment) -> RawManifest:
    """The manifest to promote: fetched by its tag, it is resolved with one request instead of two."""
    try:
        root = await source.fetch_manifest(request.source.locate(request.repository), request.wanted)
    except NotFound as error:
        if request.pinned is not None:
            raise _gone(request, request.pinned) from error
        place = request.source.reference(request.repository, request.tag)
        name = request.source.name
        nothing = f"{name} has no {place}: nothing to promote"
        if request.source == base:
            raise CannotPlan(nothing) from error
        raise NothingToPromote(f"{nothing}; promote it to {name} first, or from an environment that has it") from error
    if request.seen is not None and root.digest != request.seen:
        raise CannotPlan(
            f"{request.repository}:{request.tag} in {request.source.name} moved since the board was drawn: "
            f"from {request.seen} to {root.digest}; look again before promoting"
        )
    return root


def _gone(request: Request, digest: Digest) -> CannotPlan:
    """That a digest which was there before is there no more."""
    place = request.source.reference(request.repository, None, digest)
    return CannotPlan(f"{request.source.name} no longer has {place}: promote it again from where it came from")


async def _fetch_config(source: Registry, request: Request, tree: Tree) -> bytes:
    """The config that speaks for the image; empty where there is none."""
    image = first_image(tree)
    if image is None:
        return b""
    return await fetch_config(source, request.source.registry, request.source.locate(request.repository), image.config)


def _parsed(config: bytes) -> Config | None:
    """What the config says; None where it is no valid one."""
    try:
        return parse_config(config) if config else None
    except InvalidContent:
        return None


async def _lacking(target: Registry, request: Request, tree: Tree) -> tuple[tuple[Descriptor, ...], int]:
    """The blobs, and the number of manifests, that the target lacks; a manifest that it has vouches for its blobs.

    A single manifest is asked for only where none of its blobs lacks: with a blob it has to go in any case.
    """
    there = request.target.locate(request.repository)
    if len(tree.nodes) == 1 and (blobs := await missing_blobs(target, there, tree.blobs)):
        return blobs, 1
    digests = [node.raw.digest for node in tree.nodes]
    known = await gather_all(*(resolve_or_none(target, there, digest) for digest in digests))
    absent = Tree(tuple(node for node, held in zip(tree.nodes, known, strict=True) if held is None))
    return await missing_blobs(target, there, absent.blobs), len(absent.nodes)


async def missing_blobs(
    target: BlobPusher, repository: Repository, blobs: Sequence[Descriptor]
) -> tuple[Descriptor, ...]:
    """Those of `blobs` that `repository` lacks, in their order."""
    held = await gather_all(*(target.has_blob(repository, blob) for blob in blobs))
    return tuple(blob for blob, is_held in zip(blobs, held, strict=True) if not is_held)

"""Plan: find out everything about a promotion that can be known before anything is written. Reads only."""

from collections.abc import Sequence

from tui.domain.content import Descriptor
from tui.domain.environment import EngineName, Environment
from tui.domain.plan import Companions, Forecast, Plan, Request, Transfer, Tree
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Repository
from tui.ports.errors import NotFound, WindlassError
from tui.ports.registry import BlobPusher, Registry
from tui.usecases.choice import foresee, named_engine
from tui.usecases.companions import find_companions, resolve_or_none
from tui.usecases.concurrency import gather_all, gather_pair
from tui.usecases.gates import Evidence, judge
from tui.usecases.inspect import first_image, platforms_of, read_config
from tui.usecases.tools import Tools
from tui.usecases.tree import fetch_tree


class CannotPlan(WindlassError):
    """The promotion cannot be planned; the sentence says why and what to do."""


async def make_plan(tools: Tools, request: Request) -> Plan:
    """The plan for `request`. Raises CannotPlan, RegistryError, EngineError."""
    _refuse_impossible(request, tools)
    source, target = tools.registries[request.source], tools.registries[request.target]
    root, current = await gather_pair(
        _resolve_source(source, request, next(iter(tools.registries))),
        resolve_or_none(target, request.target.locate(request.repository), request.target_tag),
    )
    located = request.source.locate(request.repository)
    tree = await fetch_tree(source, request.source.registry, located, root.digest)
    (companions, transfer), (platforms, forecast) = await gather_pair(
        _look_around(source, target, request, tree), _foresee(tools, request, tree)
    )
    evidence = Evidence(request, root.digest, current, companions, forecast)
    return Plan(
        request=request,
        root=root,
        current=current,
        platforms=platforms,
        size=tree.size,
        transfer=transfer,
        forecast=forecast,
        verdicts=await judge(evidence, tools),
        tree=tree,
        companions=companions,
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


async def _resolve_source(source: Registry, request: Request, base: Environment) -> Descriptor:
    try:
        root = await source.resolve(request.source.locate(request.repository), request.wanted)
    except NotFound as error:
        if request.pinned is not None:
            raise _gone(request, request.pinned) from error
        place = request.source.reference(request.repository, request.tag)
        name = request.source.name
        way_out = "" if request.source == base else f"; promote it to {name} first, or from elsewhere with --from"
        raise CannotPlan(f"{name} has no {place}: nothing to promote{way_out}") from error
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


async def _foresee(tools: Tools, request: Request, tree: Tree) -> tuple[tuple[Platform, ...], Forecast]:
    """The platforms of the image, and what the engine will do to it."""
    image = first_image(tree)
    located = request.source.locate(request.repository)
    config = await read_config(tools.registries[request.source], request.source, located, image) if image else None
    return platforms_of(tree, config), await foresee(tools.engines, request, tree)


async def _look_around(source: Registry, target: Registry, request: Request, tree: Tree) -> tuple[Companions, Transfer]:
    """What travels along, and what the target lacks."""
    companions, (blobs, manifests) = await gather_pair(
        find_companions(source, request.source.locate(request.repository), tree), _lacking(target, request, tree)
    )
    return companions, Transfer(blobs, manifests, companions.count)


async def _lacking(target: Registry, request: Request, tree: Tree) -> tuple[tuple[Descriptor, ...], int]:
    """The blobs, and the number of manifests, that the target lacks; a manifest that it has vouches for its blobs.

    Of a single manifest all is asked at once; of many, only for the blobs of those that are not there.
    """
    there = request.target.locate(request.repository)
    if len(tree.nodes) == 1:
        digest = tree.root.raw.digest
        held, blobs = await gather_pair(
            resolve_or_none(target, there, digest), missing_blobs(target, there, tree.blobs)
        )
        return blobs, 0 if held else 1
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

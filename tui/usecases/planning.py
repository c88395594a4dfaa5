"""Plan: find out everything about a promotion that can be known before anything is written. Reads only."""

from collections.abc import Sequence

from tui.domain.content import Descriptor
from tui.domain.environment import EngineName
from tui.domain.plan import Companions, Plan, Request, Transfer, Tree
from tui.domain.reference import Repository
from tui.ports.errors import NotFound, WindlassError
from tui.ports.registry import BlobPusher, Registry
from tui.usecases.companions import find_companions, resolve_or_none
from tui.usecases.concurrency import gather_all
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
    located = request.source.locate(request.repository)
    root = await _resolve_source(source, request, located)
    tree = await fetch_tree(source, request.source.registry, located, root.digest)
    current, companions, transfer = await _look_around(source, target, request, tree)
    engine = tools.engines[choose_engine(request)]
    forecast = await engine.forecast(request, tree)
    evidence = Evidence(request, root.digest, current, companions, forecast)
    image = first_image(tree)
    config = await read_config(source, request.source, located, image) if image else None
    return Plan(
        request=request,
        root=root,
        current=current,
        platforms=platforms_of(tree, config),
        size=tree.size,
        transfer=transfer,
        forecast=forecast,
        verdicts=await judge(evidence, tools.registries, tools.journal, tools.clock),
        tree=tree,
        companions=companions,
    )


def choose_engine(request: Request) -> EngineName:
    """The engine a request means: its own, else the target's, where `auto` is `direct`."""
    for name in (request.engine, request.target.engine):
        if name is not EngineName.AUTO:
            return name
    return EngineName.DIRECT


def _refuse_impossible(request: Request, tools: Tools) -> None:
    base = next(iter(tools.registries))
    if request.target == base:
        raise CannotPlan(f"{base.name} is the base: images are built into it, not promoted")
    same_place = request.source.reference(request.repository, request.tag)
    if same_place == request.target.reference(request.repository, request.target_tag):
        raise CannotPlan(f"source and target are the same: {same_place}")
    if choose_engine(request) not in tools.engines:
        raise CannotPlan(f"the engine {choose_engine(request)} is not available for this target; use direct")


async def _resolve_source(source: Registry, request: Request, located: Repository) -> Descriptor:
    try:
        root = await source.resolve(located, request.tag)
    except NotFound as error:
        place = request.source.reference(request.repository, request.tag)
        raise CannotPlan(f"{request.source.name} has no {place}: nothing to promote") from error
    if request.seen is not None and root.digest != request.seen:
        raise CannotPlan(
            f"{request.repository}:{request.tag} in {request.source.name} moved since the board was drawn: "
            f"from {request.seen} to {root.digest}; look again before promoting"
        )
    return root


async def _look_around(
    source: Registry, target: Registry, request: Request, tree: Tree
) -> tuple[Descriptor | None, Companions, Transfer]:
    """What the target has now, what travels along, and what the target lacks."""
    there = request.target.locate(request.repository)
    current = await resolve_or_none(target, there, request.target_tag)
    companions = await find_companions(source, request.source.locate(request.repository), tree)
    if current is not None and current.digest == tree.root.raw.digest:
        return current, companions, Transfer((), 0, companions.count)
    digests = [node.raw.digest for node in tree.nodes]
    known = await gather_all(*(resolve_or_none(target, there, digest) for digest in digests))
    absent = Tree(tuple(node for node, held in zip(tree.nodes, known, strict=True) if held is None))
    missing = await missing_blobs(target, there, absent.blobs)
    return current, companions, Transfer(missing, len(absent.nodes), companions.count)


async def missing_blobs(
    target: BlobPusher, repository: Repository, blobs: Sequence[Descriptor]
) -> tuple[Descriptor, ...]:
    """Those of `blobs` that `repository` lacks, in their order."""
    held = await gather_all(*(target.has_blob(repository, blob) for blob in blobs))
    return tuple(blob for blob, is_held in zip(blobs, held, strict=True) if not is_held)

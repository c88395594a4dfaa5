"""From what the command line names to plans."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit, UsageError
from tui.domain.environment import Environment, PromotionPath
from tui.domain.plan import Plan, Request
from tui.domain.reference import Digest, Repository, Tag
from tui.settings.errors import nearest
from tui.usecases.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An image for which no plan could be made."""

    repository: Repository
    tag: Tag
    cause: str

    @property
    def image(self) -> str:
        """`shop/api:1.14.2`."""
        return f"{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Ends:
    """The environments that a command promotes from and to."""

    source: Environment
    target: Environment


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promoted; `verdict` is the exit code where all of it succeeds."""

    requests: tuple[Request, ...]
    verdict: Exit = Exit.DONE


async def make_plans(bench: Workbench, requests: Sequence[Request]) -> tuple[Plan | Unplanned, ...]:
    """A plan for each request, or why there is none."""
    made = await bench.plan_all(requests)
    return tuple(
        item if isinstance(item, Plan) else Unplanned(request.repository, request.tag, str(item))
        for request, item in zip(requests, made, strict=True)
    )


def exit_for(plans: Sequence[Plan | Unplanned]) -> Exit:
    """What the first image that cannot be promoted means; DONE where all can."""
    for plan in plans:
        if isinstance(plan, Unplanned):
            return Exit.FAILED
        if plan.refusals:
            return Exit.REFUSED
    return Exit.DONE


def ends_of(path: PromotionPath, command: PromoteCommand) -> Ends:
    """Where `command` promotes from and to, along `path`. Raises UsageError."""
    target = find_environment(path, "--to", command.target)
    source = find_environment(path, "--from", command.source) if command.source else path.before(target.name)
    if source is None or target == path.base:
        raise UsageError(f"--to {target.name}: this is the base: images are built into it, not promoted")
    if source == target and command.all_drift:
        raise UsageError(f"--from and --to are both {target.name}: it does not drift from itself")
    return Ends(source, target)


def requests_of(command: PromoteCommand, ends: Ends) -> tuple[Request, ...]:
    """What `command` names. Raises UsageError."""
    for _, tag in command.images:
        if ends.source == ends.target and command.target_tag in {None, tag}:
            raise UsageError(f"--from and --to are both {ends.target.name}: name another tag with --as")
    requests = tuple(request_for(command, ends, *image) for image in command.images)
    if len({(item.repository, item.target_tag) for item in requests}) < len(requests):
        raise UsageError("two of the images would be written to the same tag; name each target once")
    return requests


def request_for(
    command: PromoteCommand, ends: Ends, repository: Repository, tag: Tag, seen: Digest | None = None
) -> Request:
    """The request for one image, as `command` wants it; `seen` is the digest that the choice rests on."""
    return Request(
        ends.source,
        ends.target,
        repository,
        tag,
        command.target_tag or tag,
        command.engine,
        seen=seen,
        confirms_change=command.allows_change,
    )


def find_environment(path: PromotionPath, option: str, name: str) -> Environment:
    """The environment that `option` names. Raises UsageError."""
    environment = path.find(name)
    if environment is None:
        raise UsageError(f"{option} {name}: no environment is called that; {nearest(name, path.names)}")
    return environment

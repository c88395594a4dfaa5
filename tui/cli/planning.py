"""From what the command line names to plans."""

from dataclasses import dataclass

from tui.cli.commands import PromoteCommand
from tui.cli.exits import Exit, UsageError
from tui.domain.environment import Environment, PromotionPath
from tui.domain.plan import Plan, Request
from tui.domain.reference import Repository, Tag
from tui.ports.errors import WindlassError
from tui.settings.errors import nearest
from tui.usecases.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An image for which no plan could be made."""

    repository: Repository
    tag: Tag
    cause: str


async def make_plans(bench: Workbench, command: PromoteCommand) -> tuple[Plan | Unplanned, ...]:
    """A plan for each image, or why there is none. Raises UsageError."""
    requests = requests_of(bench.path, command)
    return tuple([await _plan(bench, request) for request in requests])


async def _plan(bench: Workbench, request: Request) -> Plan | Unplanned:
    try:
        return await bench.plan(request)
    except WindlassError as error:
        return Unplanned(request.repository, request.tag, str(error))


def exit_for(plans: tuple[Plan | Unplanned, ...]) -> Exit:
    """What the first image that cannot be promoted means; DONE where all can."""
    for plan in plans:
        if isinstance(plan, Unplanned):
            return Exit.FAILED
        if plan.refusals:
            return Exit.REFUSED
    return Exit.DONE


def requests_of(path: PromotionPath, command: PromoteCommand) -> tuple[Request, ...]:
    """What `command` asks for, along `path`. Raises UsageError."""
    target = find_environment(path, "--to", command.target)
    source = find_environment(path, "--from", command.source) if command.source else path.before(target.name)
    if source is None or target == path.base:
        raise UsageError(f"--to {target.name}: this is the base: images are built into it, not promoted")
    for _, tag in command.images:
        if source == target and command.target_tag in {None, tag}:
            raise UsageError(f"--from and --to are both {target.name}: name another tag with --as")
    requests = tuple(_request(command, source, target, *image) for image in command.images)
    if len({(item.repository, item.target_tag) for item in requests}) < len(requests):
        raise UsageError("two of the images would be written to the same tag; name each target once")
    return requests


def _request(
    command: PromoteCommand, source: Environment, target: Environment, repository: Repository, tag: Tag
) -> Request:
    return Request(
        source,
        target,
        repository,
        tag,
        command.target_tag or tag,
        command.engine,
        confirms_change=command.allows_change,
    )


def find_environment(path: PromotionPath, option: str, name: str) -> Environment:
    """The environment that `option` names. Raises UsageError."""
    environment = path.find(name)
    if environment is None:
        raise UsageError(f"{option} {name}: no environment is called that; {nearest(name, path.names)}")
    return environment

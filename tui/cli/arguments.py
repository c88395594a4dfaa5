"""argv into a command. Wrong usage is told by argparse, which then exits with 2."""

import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from tui import __version__
from tui.cli.commands import (
    BoardCommand,
    Command,
    Common,
    CompareCommand,
    DemoCommand,
    HistoryCommand,
    InitCommand,
    LockCommand,
    PromoteCommand,
    ReportCommand,
    ReportFormat,
    StatusCommand,
    WhereCommand,
)
from tui.domain.environment import EngineName
from tui.domain.needle import parse_needle
from tui.domain.reference import Repository, Tag, parse_repository, parse_repository_tag, parse_tag

T = TypeVar("T")

SEED: Final = 1
"""The sample data that `demo` shows unless another is asked for."""

_ENGINES: Final = tuple(name.value for name in EngineName)
_AZURE_LOGINS: Final = ("azure-default", "azure-cli", "azure-device-code")
_EXITS: Final = """exit codes: 0 done, in sync; 1 failed; 2 wrong usage or settings; 3 drift found; 4 incomplete: \
something could not be read; 5 refused by a gate, read-only or a missing confirmation; 6 written, but the read-back \
differs; 130 interrupted"""


def parse(argv: Sequence[str]) -> Command:  # noqa: C901 - one case for each command
    """The command in `argv`. Raises SystemExit: 2 for wrong usage, 0 after --help and --version."""
    parser = _parser()
    words = parser.parse_args(argv, Namespace(config=None, read_only=False, ascii_only=False, command=None))
    common = Common(words.config, words.read_only, words.ascii_only)
    match words.command:
        case "status":
            return StatusCommand(common, tuple(words.repo), words.tag, words.drift, words.explain, words.json)
        case "compare":
            return CompareCommand(common, words.image, words.left, words.right, words.other_tag, words.json)
        case "where":
            return WhereCommand(common, words.needle, tuple(words.repo), words.json)
        case "history":
            repository, tag = words.place
            return HistoryCommand(common, repository, tag, words.json)
        case "report":
            kind = ReportFormat(words.format)
            return ReportCommand(common, kind, tuple(words.repo), words.tag, words.output)
        case "plan" | "promote":
            return _promotion(parser, words, common)
        case "lock" | "unlock":
            images = tuple(dict.fromkeys(words.images))
            return LockCommand(common, images, words.environment, words.command == "lock", words.yes, words.json)
        case "init":
            return _initiation(words, common)
        case "demo":
            if words.serve != (words.dir is not None):
                parser.error("demo: --serve and --dir go together: `windlass demo --serve --dir D`")
            return DemoCommand(common, words.seed, words.dir)
        case _:
            return BoardCommand(common)


def _initiation(words: Namespace, common: Common) -> InitCommand:
    return InitCommand(
        common,
        tuple(dict.fromkeys(words.registries)),
        words.auth,
        words.tenant or "",
        tuple(words.subscription),
        words.arm or "",
        words.ca,
        words.force,
        words.yes,
    )


def _promotion(parser: ArgumentParser, words: Namespace, common: Common) -> PromoteCommand:
    images: tuple[tuple[Repository, Tag], ...] = tuple(dict.fromkeys(words.images))
    if words.target_tag and len({repository for repository, _ in images}) < len(images):
        parser.error(f"--as {words.target_tag} would give several images of one repository the same tag")
    return PromoteCommand(
        common,
        images,
        words.to,
        words.source,
        words.target_tag,
        EngineName(words.engine),
        words.allow_change,
        words.yes,
        words.command == "plan" or words.dry_run,
        words.json,
    )


def _parser() -> ArgumentParser:
    common = _common()
    parser = ArgumentParser(
        "windlass",
        description="Shows container images drift between registries, and promotes them. Alone it opens the board.",
        epilog=_EXITS,
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"windlass {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def add(name: str, told: str) -> ArgumentParser:
        return commands.add_parser(name, help=told, description=told, parents=[common], allow_abbrev=False)

    _demo(add("demo", "the board on embedded registries with sample images: nothing to configure"))
    _init(add("init", "find registries, through Azure or as named, and write windlass.toml"))
    _status(add("status", "the board as a table, or as JSON"))
    _compare(add("compare", "what differs between an image in two environments, in words"))
    _where(add("where", "which environments and tags hold a commit, a build or a digest"))
    _history(add("history", "what a tag held and when, in every environment, and what was promoted"))
    _report(add("report", "a report on drift for a change ticket, as Markdown or HTML"))
    _promote(add("plan", "what a promotion would do; writes nothing"), Namespace(writes=False))
    _promote(add("promote", "promote images to an environment"), Namespace(writes=True))
    _lock(add("lock", "lock tags: nobody moves or deletes them until they are unlocked (ACR)"))
    _lock(add("unlock", "unlock tags (ACR)"))
    return parser


def _common() -> ArgumentParser:
    """The options taken before and after the command; unset ones leave no trace, so that neither place wins."""
    common = ArgumentParser(add_help=False, argument_default=SUPPRESS)
    group = common.add_argument_group("everywhere")
    group.add_argument("--config", metavar="FILE", help="the settings; else $WINDLASS_CONFIG, ./windlass.toml, yours")
    group.add_argument("--read-only", action="store_true", help="refuse every promotion")
    group.add_argument("--ascii", dest="ascii_only", action="store_true", help="plain letters instead of glyphs")
    return common


def _demo(parser: ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="only serve the registries, until terminated")
    parser.add_argument("--dir", metavar="D", help="with --serve: where to write windlass.toml")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="the same number makes the same data")


def _init(parser: ArgumentParser) -> None:
    from tui.settings.names import parse_arm, parse_place, parse_subscription, parse_tenant

    place, tenant, subscription, arm = map(_told, (parse_place, parse_tenant, parse_subscription, parse_arm))
    told = "HOST or HOST/prefix, the base first, instead of what Azure knows"
    parser.add_argument("registries", nargs="*", type=place, metavar="REGISTRY", help=told)
    parser.add_argument("--auth", choices=_AZURE_LOGINS, default=_AZURE_LOGINS[0], help="how to log in to Azure")
    parser.add_argument("--tenant", type=tenant, metavar="T", help="the Azure tenant; by default the login's own")
    told = "only this one, by name or id; may repeat; by default all"
    parser.add_argument("--subscription", action="append", default=[], type=subscription, metavar="S", help=told)
    parser.add_argument("--arm", type=arm, metavar="URL", help="Azure Resource Manager, if not the public cloud's")
    parser.add_argument("--ca", default="", metavar="FILE", help="a PEM file to trust in addition, for --arm")
    parser.add_argument("--force", action="store_true", help="replace a settings file that is there")
    parser.add_argument("--yes", action="store_true", help="write the proposal without asking")


def _lock(parser: ArgumentParser) -> None:
    image = _told(parse_repository_tag)
    parser.add_argument("images", nargs="+", type=image, metavar="REPO:TAG", help="the tag, by its name on the board")
    parser.add_argument("--in", dest="environment", required=True, metavar="ENV", help="the environment it is in")
    parser.add_argument("--json", action="store_true", help="events as JSON, one a line")
    parser.add_argument("--yes", action="store_true", help="ask nothing, not even for a protected environment")


def _status(parser: ArgumentParser) -> None:
    _narrowing(parser)
    _by_tag(parser)
    parser.add_argument("--drift", action="store_true", help="only rows in which an environment drifts")
    told = "find out why cells differ, and since when: reads manifests, at most four requests for each such cell"
    parser.add_argument("--explain", action="store_true", help=told)
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _narrowing(parser: ArgumentParser) -> None:
    told = "only these repositories; may repeat"
    parser.add_argument("--repo", action="append", default=[], type=_told(_glob), metavar="GLOB", help=told)


def _by_tag(parser: ArgumentParser) -> None:
    parser.add_argument("--tag", type=_told(_pattern), metavar="RE", help="only tags in which this is found")


def _compare(parser: ArgumentParser) -> None:
    image = _told(parse_repository_tag)
    parser.add_argument("image", type=image, metavar="REPO:TAG", help="the image, by its name on the board")
    parser.add_argument("left", metavar="ENV", help="the environment to begin with")
    parser.add_argument("right", metavar="ENV", help="the environment to compare it with; may be the same with --with")
    parser.add_argument("--with", dest="other_tag", type=_told(parse_tag), metavar="TAG", help="another tag there")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _where(parser: ArgumentParser) -> None:
    told = "a commit (four digits and more), a whole build number, or a digest"
    parser.add_argument("needle", type=_told(parse_needle), metavar="COMMIT|BUILD|DIGEST", help=told)
    _narrowing(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _history(parser: ArgumentParser) -> None:
    told = "a tag, or all of a repository's; without it, every promotion"
    parser.add_argument("place", nargs="?", default=(None, None), type=_told(_place), metavar="REPO[:TAG]", help=told)
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _report(parser: ArgumentParser) -> None:
    kinds = tuple(kind.value for kind in ReportFormat)
    parser.add_argument("--format", choices=kinds, default=kinds[0], help="by default markdown")
    _narrowing(parser)
    _by_tag(parser)
    parser.add_argument("--output", metavar="FILE", help="where to write it; by default to stdout")


def _place(text: str) -> tuple[Repository, Tag | None]:
    return parse_repository_tag(text) if ":" in text else (parse_repository(text), None)


def _promote(parser: ArgumentParser, kind: Namespace) -> None:
    image = _told(parse_repository_tag)
    parser.add_argument("images", nargs="+", type=image, metavar="REPO:TAG", help="the image, by its name on the board")
    parser.add_argument("--to", required=True, metavar="ENV", help="the environment to promote to")
    parser.add_argument("--from", dest="source", metavar="ENV", help="by default the environment before the target")
    parser.add_argument("--as", dest="target_tag", type=_told(parse_tag), metavar="TAG", help="another tag there")
    parser.add_argument("--engine", choices=_ENGINES, default="auto", help="how; by default as the settings say")
    parser.add_argument("--allow-change", action="store_true", help="use the engine even if it changes the digest")
    parser.add_argument("--json", action="store_true", help="JSON: a plan as one document, events one a line")
    told = "ask nothing, not even for a protected target" if kind.writes else SUPPRESS
    parser.add_argument("--yes", action="store_true", help=told)
    parser.add_argument("--dry-run", action="store_true", help="only the plan" if kind.writes else SUPPRESS)


def _told(parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse` with its ValueError told as it is, which argparse would hide."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from error

    return checked


def _glob(text: str) -> str:
    return text if any(mark in text for mark in "*?[") else parse_repository(text)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error

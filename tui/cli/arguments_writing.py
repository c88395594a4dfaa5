"""The commands that write to registries: promote (and plan, its dry run), lock and unlock."""

from argparse import SUPPRESS, ArgumentError, ArgumentParser, Namespace
from typing import Final

from tui.cli.arguments_kinds import add_images, add_narrowing, add_tag_filter, told
from tui.cli.arguments_verb import Verb
from tui.cli.commands import Common
from tui.cli.commands_writing import LockCommand, PromoteCommand
from tui.domain.environment import EngineName
from tui.domain.reference import Repository, Tag, parse_repository_tag, parse_tag

_ENGINES: Final = tuple(name.value for name in EngineName)

_PLAN_NOTES: Final = """\
A gate that asks wants a yes before anything is written.
exit codes: 0 all can go; 1 one cannot be planned; 4 with --all-drift:
  something could not be read; 5 one would be refused
examples:
  windlass plan shop/api:1.14.2 --to prod
  windlass plan --all-drift --repo 'shop/*' --to test --json"""

_PROMOTE_NOTES: Final = """\
Many images are one set: what they share is moved once, the content of all goes
first and the tags last. One that fails or is refused stops no other; the next
run does what is left. --yes is also the yes to every gate that asks.
--all-drift takes an image that is there already as well, where a tag of one of
its signatures is missing there: that travels along with its image.
exit codes: 0 done; 1 failed; 4 with --all-drift: something could not be read;
  5 refused by a gate, by read-only or for want of a confirmation; 6 written,
  but the read-back differs; 130 interrupted. The first that did not succeed,
  in the order asked, decides.
examples:
  windlass promote shop/api:1.14.2 --to test
  windlass promote shop/api:1.14.2 shop/web:2.0.1 --to prod --yes --json
  windlass promote --all-drift --repo 'shop/*' --to test"""

_LOCK_NOTES: Final = """\
example:
  windlass lock shop/api:1.14.2 --in prod"""

_UNLOCK_NOTES: Final = """\
example:
  windlass unlock shop/api:1.14.2 --in prod"""


def _add_plan(parser: ArgumentParser) -> None:
    """It takes what `promote` takes, so that a command line need only change its verb."""
    _add_promotion(parser)
    parser.add_argument("--yes", action="store_true", help=SUPPRESS)
    parser.add_argument("--dry-run", action="store_true", help=SUPPRESS)
    parser.set_defaults(make=_plan)


def _add_promote(parser: ArgumentParser) -> None:
    _add_promotion(parser)
    parser.add_argument("--yes", action="store_true", help="ask nothing: yes to all that gates ask")
    parser.add_argument("--dry-run", action="store_true", help="only the plan")
    parser.set_defaults(make=_promote)


def _add_promotion(parser: ArgumentParser) -> None:
    image = told(parse_repository_tag)
    parser.add_argument("images", nargs="*", type=image, metavar="REPO:TAG", help="the image, by its name on the board")
    what = "instead of naming images: all that drift in the target and that the source has"
    parser.add_argument("--all-drift", action="store_true", help=what)
    add_narrowing(parser)
    add_tag_filter(parser)
    parser.add_argument("--to", required=True, metavar="ENV", help="the environment to promote to")
    parser.add_argument("--from", dest="source", metavar="ENV", help="by default the environment before the target")
    parser.add_argument("--as", dest="target_tag", type=told(parse_tag), metavar="TAG", help="another tag there")
    parser.add_argument("--engine", choices=_ENGINES, default="auto", help="how; by default as the settings say")
    parser.add_argument("--allow-change", action="store_true", help="use the engine even if it changes the digest")
    parser.add_argument("--json", action="store_true", help="JSON: a plan as one document, events one a line")


def _plan(words: Namespace, common: Common) -> PromoteCommand:
    words.dry_run = True
    return _promote(words, common)


def _promote(words: Namespace, common: Common) -> PromoteCommand:
    images: tuple[tuple[Repository, Tag], ...] = tuple(dict.fromkeys(words.images))
    _check_choice(words, images)
    if words.target_tag and len({repository for repository, _ in images}) < len(images):
        raise ArgumentError(None, f"--as {words.target_tag} would give several images of one repository the same tag")
    return PromoteCommand(
        common,
        images,
        words.to,
        words.source,
        words.target_tag,
        EngineName(words.engine),
        words.allow_change,
        words.yes,
        words.dry_run,
        words.json,
        words.all_drift,
        tuple(words.repo),
        words.tag,
    )


def _check_choice(words: Namespace, images: tuple[tuple[Repository, Tag], ...]) -> None:
    """Images are named, or chosen by --all-drift, which alone can be narrowed."""
    if bool(images) == words.all_drift:
        raise ArgumentError(None, "name images as REPO:TAG, or choose them with --all-drift: one of the two")
    if not words.all_drift and (words.repo or words.tag):
        raise ArgumentError(None, "--repo and --tag narrow --all-drift; an image is named whole")
    if words.all_drift and words.target_tag:
        raise ArgumentError(None, f"--as {words.target_tag} would give every image the same tag")


def _add_lock(parser: ArgumentParser) -> None:
    add_images(parser)
    parser.add_argument("--in", dest="environment", required=True, metavar="ENV", help="the environment it is in")
    parser.add_argument("--json", action="store_true", help="events as JSON, one a line")
    parser.add_argument("--yes", action="store_true", help="ask nothing, not even for a protected environment")
    parser.set_defaults(make=_lock)


def _lock(words: Namespace, common: Common) -> LockCommand:
    images = tuple(dict.fromkeys(words.images))
    return LockCommand(common, images, words.environment, words.command == "lock", words.yes, words.json)


VERBS: Final = (
    Verb("plan", _PLAN_NOTES, _add_plan),
    Verb("promote", _PROMOTE_NOTES, _add_promote),
    Verb("lock", _LOCK_NOTES, _add_lock),
    Verb("unlock", _UNLOCK_NOTES, _add_lock),
)
"""In the order of the help."""

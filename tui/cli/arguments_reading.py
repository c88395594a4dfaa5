"""The commands that only read: their options, their help, and the values they become."""

from argparse import ArgumentError, ArgumentParser, Namespace
from typing import Final

from tui.cli.arguments_kinds import add_json, add_narrowing, add_tag_filter, place, told
from tui.cli.arguments_verb import Verb
from tui.cli.commands import Common
from tui.cli.commands_reading import (
    CompareCommand,
    HistoryCommand,
    ReportCommand,
    ReportFormat,
    StatusCommand,
    WhereCommand,
)
from tui.domain.reference import parse_repository_tag, parse_tag

_STATUS_NOTES: Final = """\
A cell that differs from the base's says why with --explain: behind, moved,
flattened, wrapped, recompressed, rebuilt or foreign, and what that rests on.
exit codes: 0 in sync; 1 nothing matches --repo and --tag; 3 drift;
  4 something could not be read, so nothing is said of it (a cell whose reason
  stays open is drift all the same)
examples:
  windlass status --drift --explain
  windlass status --repo 'shop/*' --tag '^1\\.' --json"""

_COMPARE_NOTES: Final = """\
Each line has its sign: = in both, - only in the first, + only in the second,
~ differs, ? could not be read. What a name gives away as a secret is masked.
exit codes: 0 the same bytes with the same signatures and the like;
  1 a tag is not there; 3 they differ; 4 something could not be read
examples:
  windlass compare shop/api:1.14.2 base prod
  windlass compare shop/api:1.14.2 prod prod --with 1.14.1"""

_WHERE_NOTES: Final = """\
The first four digits of a commit or a digest are enough. A build is meant by
its whole number, or by what stands there before a . - _ or +: 20261120 finds
20261120.4. What was read of an image before is not read again.
exit codes: 0 found, and everything was read; 1 no environment holds it, or
  --repo matches nothing; 4 something could not be read: there may be more
examples:
  windlass where 1f3c2ab
  windlass where 20261120.4 --repo 'shop/*'
  windlass where sha256:9f8e7d6c --json"""

_HISTORY_NOTES: Final = """\
The newest comes first. It is what this journal saw and did: a change was seen
when `status` or the board looked, so it happened some time before. No registry
is contacted, but with --noted: then each tells the promotions of what it now
holds under the tag, also those of other people's journals.
With --verify, note the head that it says: later it shows what was cut off.
exit codes: 0 told, or nothing to tell; 1 no such repository or tag was seen,
  or with --verify the journal was changed; 4 with --noted: an environment
  could not be read
examples:
  windlass history shop/api:1.14.2
  windlass history shop/api:1.14.2 --noted
  windlass history shop/api --json"""

_REPORT_NOTES: Final = """\
Counts, reasons, the oldest drift and how far each environment is behind, then
every tag that drifts, with evidence and whole digests. It reads what `status
--explain` reads, and when at most 300 of the images were made. An HTML page
needs nothing else: no script, nothing fetched.
exit codes: 0 in sync; 1 nothing matches --repo and --tag; 3 drift;
  4 something could not be read, which the report says at its top; in each of
  these cases the report was written
examples:
  windlass report --repo 'shop/*' > drift.md
  windlass report --format html --output drift.html"""


def _add_status(parser: ArgumentParser) -> None:
    add_narrowing(parser)
    add_tag_filter(parser)
    parser.add_argument("--drift", action="store_true", help="only rows in which an environment drifts")
    what = "find out why cells differ: reads manifests, at most four requests for each such cell"
    parser.add_argument("--explain", action="store_true", help=what)
    add_json(parser)
    parser.set_defaults(make=_status)


def _status(words: Namespace, common: Common) -> StatusCommand:
    return StatusCommand(common, tuple(words.repo), words.tag, words.drift, words.explain, words.json)


def _add_compare(parser: ArgumentParser) -> None:
    image = told(parse_repository_tag)
    parser.add_argument("image", type=image, metavar="REPO:TAG", help="the image, by its name on the board")
    parser.add_argument("left", metavar="ENV", help="the environment to begin with")
    parser.add_argument("right", metavar="ENV", help="the environment to compare it with; may be the same with --with")
    parser.add_argument("--with", dest="other_tag", type=told(parse_tag), metavar="TAG", help="another tag there")
    add_json(parser)
    parser.set_defaults(make=_compare)


def _compare(words: Namespace, common: Common) -> CompareCommand:
    return CompareCommand(common, words.image, words.left, words.right, words.other_tag, words.json)


def _add_where(parser: ArgumentParser) -> None:
    from tui.domain.needle import parse_needle

    what = "a commit or a digest (four digits and more), or a whole build number or its first parts"
    parser.add_argument("needle", type=told(parse_needle), metavar="COMMIT|BUILD|DIGEST", help=what)
    add_narrowing(parser)
    add_json(parser)
    parser.set_defaults(make=_where)


def _where(words: Namespace, common: Common) -> WhereCommand:
    return WhereCommand(common, words.needle, tuple(words.repo), words.json)


def _add_history(parser: ArgumentParser) -> None:
    what = "a tag, or all of a repository's; without it, every promotion"
    parser.add_argument("place", nargs="?", default=(None, None), type=told(place), metavar="REPO[:TAG]", help=what)
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--promotion", default="", metavar="ID", help="every event of one promotion")
    modes.add_argument("--verify", action="store_true", help="whether the journal is as it was written")
    what = "the promotions that the registries themselves tell of a tag, whoever made them"
    modes.add_argument("--noted", action="store_true", help=what)
    add_json(parser)
    parser.set_defaults(make=_history)


def _history(words: Namespace, common: Common) -> HistoryCommand:
    repository, tag = words.place
    if words.noted and tag is None:
        raise ArgumentError(None, "--noted needs a tag: write REPO:TAG")
    if repository and (words.promotion or words.verify):
        raise ArgumentError(None, "--promotion and --verify look at the whole journal: leave out the repository")
    return HistoryCommand(common, repository, tag, words.promotion, words.verify, words.noted, words.json)


def _add_report(parser: ArgumentParser) -> None:
    kinds = tuple(kind.value for kind in ReportFormat)
    parser.add_argument("--format", choices=kinds, default=kinds[0], help="by default markdown")
    add_narrowing(parser)
    add_tag_filter(parser)
    parser.add_argument("--output", metavar="FILE", help="where to write it, over what is there; by default to stdout")
    parser.set_defaults(make=_report)


def _report(words: Namespace, common: Common) -> ReportCommand:
    return ReportCommand(common, ReportFormat(words.format), tuple(words.repo), words.tag, words.output)


VERBS: Final = (
    Verb("status", _STATUS_NOTES, _add_status),
    Verb("compare", _COMPARE_NOTES, _add_compare),
    Verb("where", _WHERE_NOTES, _add_where),
    Verb("history", _HISTORY_NOTES, _add_history),
    Verb("report", _REPORT_NOTES, _add_report),
)
"""In the order of the help."""

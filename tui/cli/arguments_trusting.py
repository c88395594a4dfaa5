"""The commands around a promotion: approve, undo, resume, follow."""

from argparse import ArgumentError, ArgumentParser, Namespace
from typing import Final

from tui.cli.arguments_kinds import add_images, told
from tui.cli.arguments_verb import Verb
from tui.cli.commands import Common
from tui.cli.commands_trusting import ApproveCommand, FollowCommand, ResumeCommand, UndoCommand
from tui.domain.text import clean
from tui.settings.durations import parse_duration
from tui.settings.names import parse_variable

_LAST_PORT: Final = 65_535
_REMARK_LIMIT: Final = 500

_APPROVE_NOTES: Final = """\
An approval is written beside the image, in the registry of the environment
that it is promoted from; your login there says who you are. It counts for this
digest and this environment, and not for a promotion that you make yourself.
It keeps colleagues from promoting alone by accident or habit. It is no guard
against whoever may push there: they can write an approval in anybody's name.
exit codes: 0 approved, or so before; 1 it failed; 5 read-only or not
  confirmed; 130 interrupted
examples:
  windlass approve shop/api:1.14.2 --for prod
  windlass approve shop/api:1.14.2 --for prod --remark "CHG0031337" --yes"""

_UNDO_NOTES: Final = """\
The digest that the tag held before is put back, if it is still there. A tag
that the promotion created is taken away where the registry can do that without
deleting the image. Without ID it is the last promotion that wrote a tag and
was not undone yet, so that asking again goes further back; the ids stand in
`windlass history`.
Gates on where an image comes from are not asked again, as the tag held it
before; a journal that was changed proves no such thing: then it is refused.
exit codes: as `promote`; 1 there is nothing to undo, or the tag moved since
examples:
  windlass undo
  windlass undo 3f2a91c0be12 --yes"""

_RESUME_NOTES: Final = """\
A promotion is interrupted when its process was killed or its machine went
down. What has arrived at the target is not sent again. Without ID all are gone
on with. The plan is made anew, and its gates are asked again.
exit codes: as `promote`; 0 too where nothing was interrupted; 1 too where none
  has that ID
examples:
  windlass resume
  windlass resume 3f2a91c0be12 --forget"""

_FOLLOW_NOTES: Final = """\
Environments with `follow = true` take new tags from the environment before,
through the same gates. What is there when following first begins is not new. A
tag that would overwrite another digest is left to you.
--listen waits on 127.0.0.1 for a webhook that says that something was pushed.
It must show what the variable of --secret-env holds, as `Authorization:
Bearer`.
exit codes: 130 stopped; with --once 0, or as `promote`
examples:
  windlass follow
  windlass follow --every 30s --listen 8099 --secret-env HOOK"""


def _add_approve(parser: ArgumentParser) -> None:
    add_images(parser)
    parser.add_argument("--for", dest="to", required=True, metavar="ENV", help="the environment it may be promoted to")
    parser.add_argument("--from", dest="source", metavar="ENV", help="by default the environment before that")
    parser.add_argument("--remark", default="", type=told(_remark), metavar="TEXT", help="why, or a ticket")
    _add_answers(parser)
    parser.set_defaults(make=_approve)


def _approve(words: Namespace, common: Common) -> ApproveCommand:
    images = tuple(dict.fromkeys(words.images))
    return ApproveCommand(common, images, words.to, words.source, words.remark, words.yes, words.json)


def _remark(text: str) -> str:
    if len(text) > _REMARK_LIMIT:
        raise ValueError(f"a remark has at most {_REMARK_LIMIT} characters; this one has {len(text)}")
    return clean(text, _REMARK_LIMIT)


def _add_undo(parser: ArgumentParser) -> None:
    _add_promotion(parser)
    parser.add_argument("--dry-run", action="store_true", help="only the plan")
    _add_answers(parser)
    parser.set_defaults(make=_undo)


def _undo(words: Namespace, common: Common) -> UndoCommand:
    return UndoCommand(common, words.promotion or "", words.yes, words.dry_run, words.json)


def _add_resume(parser: ArgumentParser) -> None:
    _add_promotion(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what was interrupted, and the plans")
    parser.add_argument("--forget", action="store_true", help="let go of it: it is not offered again")
    _add_answers(parser)
    parser.set_defaults(make=_resume)


def _resume(words: Namespace, common: Common) -> ResumeCommand:
    return ResumeCommand(common, words.promotion or "", words.forget, words.yes, words.dry_run, words.json)


def _add_promotion(parser: ArgumentParser) -> None:
    what = "a promotion's id, or how it begins"
    parser.add_argument("promotion", nargs="?", type=told(promotion_id), metavar="ID", help=what)


def promotion_id(text: str) -> str:
    """The id of a promotion, or how one begins. Raises ValueError."""
    if not 1 <= len(text) <= 12 or any(mark not in "0123456789abcdef" for mark in text):
        raise ValueError(f"{clean(text, 40)!r} is no id: up to twelve hexadecimal digits, as `windlass history` shows")
    return text


def _add_answers(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="ask nothing: yes to all that gates ask")
    parser.add_argument("--json", action="store_true", help="JSON: a plan as one document, events one a line")


def _add_follow(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--every", default=60, type=told(_interval), metavar="TIME", help="look so often; by default 1m"
    )
    parser.add_argument("--once", action="store_true", help="look once, promote what is new, and end")
    parser.add_argument("--catch-up", action="store_true", help="what lacks when following first begins is new as well")
    parser.add_argument("--listen", type=told(_port), metavar="PORT", help="look at once when a webhook arrives there")
    parser.add_argument(
        "--secret-env", type=told(parse_variable), metavar="VAR", help="the variable that holds the webhook's secret"
    )
    what = "ask nothing: a protected environment that follows is to be written without a question"
    parser.add_argument("--yes", action="store_true", help=what)
    parser.add_argument("--json", action="store_true", help="events as JSON, one a line")
    parser.set_defaults(make=_follow)


def _follow(words: Namespace, common: Common) -> FollowCommand:
    if (words.listen is None) != (words.secret_env is None):
        raise ArgumentError(None, "--listen needs --secret-env, and that only makes sense with --listen")
    return FollowCommand(
        common,
        words.every,
        words.once,
        words.listen,
        words.secret_env or "",
        words.catch_up,
        words.json,
        words.yes,
    )


def _interval(text: str) -> int:
    seconds = parse_duration(text)
    if seconds < 1:
        raise ValueError("the shortest interval is 1s")
    return seconds


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:6]) <= _LAST_PORT:
        raise ValueError(f"{clean(text, 40)!r} is no port: 1 to {_LAST_PORT}")
    return int(text)


VERBS: Final = (
    Verb("approve", _APPROVE_NOTES, _add_approve),
    Verb("undo", _UNDO_NOTES, _add_undo),
    Verb("resume", _RESUME_NOTES, _add_resume),
    Verb("follow", _FOLLOW_NOTES, _add_follow),
)
"""In the order of the help."""

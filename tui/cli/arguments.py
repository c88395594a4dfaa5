"""argv into a command. Wrong usage is told by argparse, which then exits with 2."""

import os
from argparse import (
    SUPPRESS,
    ArgumentError,
    ArgumentParser,
    HelpFormatter,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from tui import __version__
from tui.cli.arguments_verb import Verb
from tui.cli.commands import BoardCommand, Command, Common

_EXITS: Final = """exit codes: 0 done, in sync; 1 failed; 2 wrong usage or settings; 3 drift or a difference found; \
4 incomplete: something could not be read; 5 refused by a gate, read-only or a missing confirmation; 6 written, but \
the read-back differs; 130 interrupted"""


_COLUMNS: Final = 80
"""The help's, where nobody tells them."""


def _starting() -> Sequence[Verb]:
    from tui.cli.arguments_starting import VERBS

    return VERBS


def _reading() -> Sequence[Verb]:
    from tui.cli.arguments_reading import VERBS

    return VERBS


def _writing() -> Sequence[Verb]:
    from tui.cli.arguments_writing import VERBS

    return VERBS


def _trusting() -> Sequence[Verb]:
    from tui.cli.arguments_trusting import VERBS

    return VERBS


_VERBS: Final = (
    ("demo", "the board on embedded registries with sample images: nothing to configure", _starting),
    ("init", "find registries, through Azure or as named, and write windlass.toml", _starting),
    ("doctor", "what works and what does not, with what mends it", _starting),
    ("status", "the board as a table, or as JSON", _reading),
    ("compare", "what differs between an image in two environments, in words", _reading),
    ("where", "which environments and tags hold a commit, a build or a digest", _reading),
    ("history", "what a tag held and when, in every environment, and promotions", _reading),
    ("report", "a report on drift for a change ticket, as Markdown or HTML", _reading),
    ("plan", "what a promotion would do; writes nothing", _writing),
    ("promote", "promote images to an environment", _writing),
    ("lock", "lock tags: nobody moves or deletes them until they are unlocked (ACR)", _writing),
    ("unlock", "unlock tags (ACR)", _writing),
    ("approve", "approve of a promotion that somebody else makes", _trusting),
    ("undo", "put back what a promotion replaced", _trusting),
    ("resume", "go on with promotions that were interrupted", _trusting),
    ("follow", "promote new tags along the path as they appear", _trusting),
)
"""Each command, what it does, and where its options are: in the order of the help."""


def parse(argv: Sequence[str]) -> Command:
    """The command in `argv`. Raises SystemExit: 2 for wrong usage, 0 after --help and --version."""
    parser, verbs = _parsers(argv)
    unset = Namespace(config=None, read_only=False, ascii_only=False, make=_board)
    words, strange = parser.parse_known_args(argv, unset)
    told_by = verbs.get(words.command, parser)
    if strange:
        told_by.error(f"unrecognized arguments: {' '.join(strange)}")
    try:
        return words.make(words, Common(words.config, words.read_only, words.ascii_only))
    except ArgumentError as error:
        told_by.error(str(error))


def _parsers(argv: Sequence[str]) -> tuple[ArgumentParser, Mapping[str, ArgumentParser]]:
    """The parser of everything, and by its name that of each command, whose usage is told where its words are wrong.

    Of a command that `argv` does not name there is the name alone: the first screen waits for all that is done here.
    """
    width = _width()
    common = _common(width)
    parser = ArgumentParser(
        "windlass",
        description="Shows container images drift between registries, and promotes them. Alone it opens the board.",
        epilog=_EXITS,
        parents=[common],
        allow_abbrev=False,
        formatter_class=partial(HelpFormatter, width=width),
    )
    parser.add_argument("--version", action="version", version=f"windlass {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    for name, told, room in _VERBS:
        if name not in argv:
            commands.add_parser(name, help=told, add_help=False)
            continue
        own = commands.add_parser(
            name,
            help=told,
            description=f"{told[0].upper()}{told[1:]}.",
            parents=[common],
            allow_abbrev=False,
            formatter_class=partial(RawDescriptionHelpFormatter, width=width),
        )
        verb = next(verb for verb in room() if verb.name == name)
        own.epilog = verb.notes
        verb.equip(own)
    return parser, commands.choices


def _width() -> int:
    """The columns of the help, as argparse has them: it asks at every option, and imports archives and compressors."""
    told = os.environ.get("COLUMNS", "")
    if told.isdigit() and int(told):
        return int(told) - 2
    try:
        return (os.get_terminal_size().columns or _COLUMNS) - 2
    except OSError:  # no terminal
        return _COLUMNS - 2


def _common(width: int) -> ArgumentParser:
    """The options taken before and after the command; unset ones leave no trace, so that neither place wins."""
    common = ArgumentParser(
        add_help=False, argument_default=SUPPRESS, formatter_class=partial(HelpFormatter, width=width)
    )
    group = common.add_argument_group("everywhere")
    group.add_argument("--config", metavar="FILE", help="the settings; else $WINDLASS_CONFIG, ./windlass.toml, yours")
    group.add_argument("--read-only", action="store_true", help="refuse every promotion")
    group.add_argument("--ascii", dest="ascii_only", action="store_true", help="plain letters instead of glyphs")
    return common


def _board(words: Namespace, common: Common) -> BoardCommand:
    del words
    return BoardCommand(common)

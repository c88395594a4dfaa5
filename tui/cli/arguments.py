"""argv into a command. Wrong usage is told by argparse, which then exits with 2."""

from argparse import SUPPRESS, ArgumentError, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from typing import Final

from tui import __version__
from tui.cli import arguments_reading, arguments_starting, arguments_trusting, arguments_writing
from tui.cli.commands import BoardCommand, Command, Common

_EXITS: Final = """exit codes: 0 done, in sync; 1 failed; 2 wrong usage or settings; 3 drift or a difference found; \
4 incomplete: something could not be read; 5 refused by a gate, read-only or a missing confirmation; 6 written, but \
the read-back differs; 130 interrupted"""


_VERBS: Final = (
    *arguments_starting.VERBS,
    *arguments_reading.VERBS,
    *arguments_writing.VERBS,
    *arguments_trusting.VERBS,
)


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

    Only a command that `argv` names is given its options: the first screen waits for all that is done here.
    """
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

    for verb in _VERBS:
        own = commands.add_parser(
            verb.name,
            help=verb.told,
            description=f"{verb.told[0].upper()}{verb.told[1:]}.",
            epilog=verb.notes,
            parents=[common],
            allow_abbrev=False,
            formatter_class=RawDescriptionHelpFormatter,
        )
        if verb.name in argv:
            verb.equip(own)
    return parser, commands.choices


def _common() -> ArgumentParser:
    """The options taken before and after the command; unset ones leave no trace, so that neither place wins."""
    common = ArgumentParser(add_help=False, argument_default=SUPPRESS)
    group = common.add_argument_group("everywhere")
    group.add_argument("--config", metavar="FILE", help="the settings; else $WINDLASS_CONFIG, ./windlass.toml, yours")
    group.add_argument("--read-only", action="store_true", help="refuse every promotion")
    group.add_argument("--ascii", dest="ascii_only", action="store_true", help="plain letters instead of glyphs")
    return common


def _board(words: Namespace, common: Common) -> BoardCommand:
    del words
    return BoardCommand(common)

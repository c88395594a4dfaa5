"""The commands that somebody new begins with: demo and init."""

from argparse import ArgumentError, ArgumentParser, Namespace
from typing import Final

from tui.cli.arguments_kinds import told
from tui.cli.arguments_verb import Verb
from tui.cli.commands import Common
from tui.cli.commands_starting import DemoCommand, DoctorCommand, InitCommand

SEED: Final = 1
"""The sample data that `demo` shows unless another is asked for."""

_AZURE_LOGINS: Final = ("azure-default", "azure-cli", "azure-device-code")

_DEMO_NOTES: Final = """\
examples:
  windlass demo
  windlass demo --serve --dir sandbox"""

_INIT_NOTES: Final = """\
examples:
  windlass init --auth azure-cli
  windlass init contosobase.azurecr.io contosoapps.azurecr.io/test"""


_DOCTOR_NOTES: Final = """\
Every repository is tried in every environment, up to 100 in each. Nothing is
written to a registry, so the right to write shows only at a promotion.
With --notify webhooks are sent a test, and commands run with WINDLASS_TEST=1,
but for those whose arguments name the image: there is none.
exit codes: 0 all is well; 1 something is not; 2 the settings cannot be used
example:
  windlass doctor --notify"""


def _add_demo(parser: ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="only serve the registries, until terminated; needs --dir")
    parser.add_argument("--dir", metavar="D", help="with --serve: the folder for windlass.toml, keys and tokens")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="the same number makes the same data")
    parser.set_defaults(make=_demo)


def _demo(words: Namespace, common: Common) -> DemoCommand:
    if words.serve and words.dir is None:
        raise ArgumentError(None, "demo: --serve needs --dir, the folder for windlass.toml: demo --serve --dir sandbox")
    if words.dir is not None and not words.serve:
        raise ArgumentError(None, "demo: --dir is for --serve alone: demo --serve --dir sandbox")
    return DemoCommand(common, words.seed, words.dir)


def _add_init(parser: ArgumentParser) -> None:
    from tui.settings.names import parse_arm, parse_place, parse_subscription, parse_tenant

    where, tenant, subscription, arm = map(told, (parse_place, parse_tenant, parse_subscription, parse_arm))
    what = "HOST or HOST/prefix, the base first, instead of what Azure knows"
    parser.add_argument("registries", nargs="*", type=where, metavar="REGISTRY", help=what)
    parser.add_argument("--auth", choices=_AZURE_LOGINS, default=_AZURE_LOGINS[0], help="how to log in to Azure")
    parser.add_argument("--tenant", type=tenant, metavar="T", help="the Azure tenant; by default the login's own")
    what = "only this one, by name or id; may repeat; by default all"
    parser.add_argument("--subscription", action="append", default=[], type=subscription, metavar="S", help=what)
    parser.add_argument("--arm", type=arm, metavar="URL", help="Azure Resource Manager, if not the public cloud's")
    parser.add_argument("--ca", default="", metavar="FILE", help="a PEM file to trust in addition, for --arm")
    parser.add_argument("--force", action="store_true", help="replace a settings file that is there")
    parser.add_argument("--yes", action="store_true", help="write the proposal without asking")
    parser.set_defaults(make=_init)


def _init(words: Namespace, common: Common) -> InitCommand:
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


def _add_doctor(parser: ArgumentParser) -> None:
    parser.add_argument("--notify", action="store_true", help="send every hook of the settings a test")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(make=_doctor)


def _doctor(words: Namespace, common: Common) -> DoctorCommand:
    return DoctorCommand(common, words.notify, words.json)


VERBS: Final = (
    Verb("demo", _DEMO_NOTES, _add_demo),
    Verb("init", _INIT_NOTES, _add_init),
    Verb("doctor", _DOCTOR_NOTES, _add_doctor),
)
"""In the order of the help."""

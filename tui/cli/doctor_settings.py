"""What there is to say of the settings: which file, every value's line, and whether the hooks' secrets are there."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, assert_never

from tui.cli.commands import Common
from tui.domain.environment import Environment
from tui.domain.finding import Finding, doubtful, fine, wrong
from tui.domain.hooks import Hook, HookCommand, Webhook
from tui.ports.errors import HookError
from tui.settings.errors import SettingsError
from tui.settings.model import Settings
from tui.settings.sources import Sourced, values_of, why_this_file

AREA: Final = "settings"
HOOKS: Final = "hooks"


def settings_findings(settings: Settings, common: Common, env: Mapping[str, str]) -> Iterator[Finding]:
    """The file, and what counts of each environment."""
    why = why_this_file(common.config, env, settings.origin, Path.cwd())
    yield fine(AREA, f"{settings.origin} ({why})")
    for name, values in values_of(settings).items():
        yield fine(AREA, f"{name}: {', '.join(map(_sourced, values))}")
        environment = settings.path.find(name)
        for wish in environment.unmet_wishes if environment else ():
            yield doubtful(AREA, wish, "leave it out")


def _sourced(value: Sourced) -> str:
    origin = f"line {value.line}" if value.line else "default"
    return f"{value.key} {value.value} ({origin})"


def unusable(error: SettingsError) -> Finding:
    """Settings that cannot be used."""
    place = f"{error.file}:{error.line}" if error.line else error.file
    return wrong(AREA, ": ".join(part for part in (place, error.key, error.sentence) if part), error.mend)


def hook_findings(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether each hook could be told: its variables are set, its program is there."""
    for environment in settings.path.environments:
        for hook in environment.notify:
            yield _hook(environment, hook, env)


def _hook(environment: Environment, hook: Hook, env: Mapping[str, str]) -> Finding:
    match hook:
        case Webhook():
            return _webhook(environment, hook, env)
        case HookCommand(words):
            found = shutil.which(words[0], path=env.get("PATH"))
            told = f"{environment.name}: {hook.title}"
            if found:
                return fine(HOOKS, f"{told} is {found}")
            return wrong(HOOKS, f"{told}: there is no such program", "install it, or write its whole path")
        case _:
            assert_never(hook)


def _webhook(environment: Environment, hook: Webhook, env: Mapping[str, str]) -> Finding:
    from tui.notify.secrets import destination_of

    told = f"{environment.name}: {hook.title}"
    try:
        destination_of(hook, env)
    except HookError as error:
        unset = next((name for name in (hook.address_env, hook.secret_env) if name and not env.get(name)), "")
        return wrong(HOOKS, f"{told}: {error}", f"export {unset}=…" if unset else "correct its value")
    return fine(HOOKS, f"{told} as {hook.format}")

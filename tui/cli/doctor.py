"""`windlass doctor`: what works, what does not, and what mends it.

Everything is looked at at once and within bounds. Nothing is written, but what hooks do with a test.
"""

import asyncio
import json
import os
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Final

from tui.cli.commands_starting import DoctorCommand
from tui.cli.doctor_documents import findings_document
from tui.cli.doctor_machine import (
    ENGINES,
    JOURNAL,
    chain_finding,
    clipboard_finding,
    docker_findings,
    interrupted_findings,
    journal_findings,
    terminal_findings,
)
from tui.cli.doctor_registries import (
    KEYS,
    NOTIFY,
    REGISTRIES,
    engine_findings,
    key_findings,
    registry_findings,
    trial_findings,
)
from tui.cli.doctor_settings import hook_findings, settings_findings, unusable
from tui.cli.doctor_text import finding_lines, summary_line
from tui.cli.exits import Exit
from tui.cli.notices import tell_notices
from tui.cli.opening import settings_of
from tui.cli.output import Console
from tui.cli.running import run_until_signalled
from tui.domain.environment import EngineName
from tui.domain.finding import Finding, Health, worst, wrong
from tui.ports.errors import WindlassError
from tui.settings.errors import SettingsError
from tui.settings.model import Settings
from tui.usecases.concurrency import gather_all
from tui.usecases.workbench import Workbench

_LEFT: Final = "the examination is not complete"
_PATIENCE: Final = 30.0
"""Seconds that each part of the examination gets."""
_PATIENCE_WITH_HOOKS: Final = 75.0
"""Seconds for hooks that are sent a test: they are waited for as long as after a promotion."""

Part = Coroutine[Any, Any, Sequence[Finding]]


def run_doctor(command: DoctorCommand, console: Console) -> Exit:
    """Examines what the settings say, and this machine."""
    return run_until_signalled(doctor(command, console, os.environ), console, _LEFT)


async def doctor(command: DoctorCommand, console: Console, env: Mapping[str, str]) -> Exit:
    """Prints all findings, in an order that is always the same; `env` is what the process was started with."""
    if console.shows_progress:
        console.progress("examining…")
    here = [*terminal_findings(console, env), clipboard_finding(env)]
    try:
        settings = settings_of(command.common)
    except SettingsError as error:
        _print([unusable(error), *await _without_settings(), *here], command, console)
        return Exit.USAGE
    stated = [*settings_findings(settings, command.common, env), *hook_findings(settings, env)]
    findings = [*stated, *await _world(settings, command, console), *here]
    _print(findings, command, console)
    return Exit.FAILED if worst(findings) is Health.WRONG else Exit.DONE


def _print(findings: Sequence[Finding], command: DoctorCommand, console: Console) -> None:
    if command.as_json:
        console.document(json.dumps(findings_document(findings), indent=2))
        return
    for line in finding_lines(findings):
        console.data(line)
    console.say(summary_line(findings))


async def _world(settings: Settings, command: DoctorCommand, console: Console) -> Sequence[Finding]:
    """What has to be asked of others, all of it at once."""
    from tui.wiring.workbench import open_workbench

    async with open_workbench(settings, read_only=command.common.read_only) as bench:
        tell_notices(bench, console)
        parts: list[Part] = [
            bounded(REGISTRIES, _registries(settings, bench)),
            bounded(KEYS, _keys(bench)),
            bounded(ENGINES, _engines(settings, bench)),
            bounded(ENGINES, docker_findings(_docker_users(settings))),
            bounded(JOURNAL, _journal(bench)),
        ]
        if command.notifies:
            parts.append(bounded(NOTIFY, _trials(bench), _PATIENCE_WITH_HOOKS))
        found = await gather_all(*parts)
    return [finding for part in found for finding in part]


async def bounded(area: str, part: Part, seconds: float = _PATIENCE) -> Sequence[Finding]:
    """What `part` finds; where it takes too long or fails, that."""
    try:
        async with asyncio.timeout(seconds):
            return await part
    except TimeoutError:
        return [wrong(area, f"this could not be found out within {seconds:g} s", "windlass doctor, once more")]
    except WindlassError as error:
        return [wrong(area, str(error), "mend that, then windlass doctor")]


async def _registries(settings: Settings, bench: Workbench) -> Sequence[Finding]:
    readings = await (await bench.examiner()).read_registries()
    return list(registry_findings(readings, settings))


async def _keys(bench: Workbench) -> Sequence[Finding]:
    return list(key_findings(await (await bench.examiner()).read_keys()))


async def _trials(bench: Workbench) -> Sequence[Finding]:
    return list(trial_findings(await (await bench.examiner()).try_hooks(uuid.uuid4().hex[:12])))


async def _engines(settings: Settings, bench: Workbench) -> Sequence[Finding]:
    from tui.wiring.doctor import open_importer

    async with open_importer(settings, bench.notices) as importer:
        return await engine_findings(settings, importer)


async def _journal(bench: Workbench) -> Sequence[Finding]:
    from tui.wiring.places import default_journal

    file = default_journal()
    held = [await chain_finding(bench), *await interrupted_findings(bench)] if file.exists() else []
    return [*journal_findings(file), *held]


def _docker_users(settings: Settings) -> Sequence[str]:
    return [item.name for item in settings.path.environments if item.engine is EngineName.DOCKER]


async def _without_settings() -> Sequence[Finding]:
    """What can be looked at all the same."""
    from tui.wiring.places import default_journal

    return [*await bounded(ENGINES, docker_findings(())), *journal_findings(default_journal())]

"""What there is to say of the registries: whether they answer, to whom, and what may be read."""

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from tui.cli.doctor_machine import ENGINES
from tui.domain.amounts import seconds
from tui.domain.environment import Environment, Kind
from tui.domain.finding import Finding, doubtful, fine, wrong
from tui.ports.azure import Importer
from tui.ports.errors import Forbidden, RegistryError, Unauthorised
from tui.settings.model import AuthMethod, Connection, Settings
from tui.usecases.concurrency import gather_all
from tui.usecases.examining import KeyReading, Trial
from tui.usecases.examining_registries import Reading

REGISTRIES: Final = "registries"
KEYS: Final = "keys"
NOTIFY: Final = "notify"
_SHOWN: Final = 8
"""Repositories that one line names."""
_UNTRIED: Final = "that you may write there shows only when something is promoted: nothing was written to find out"


def registry_findings(readings: Sequence[Reading], settings: Settings) -> Iterator[Finding]:
    """Reachability, credentials and rights of each registry, and the base's catalog."""
    for reading in readings:
        yield from _registry(reading, settings.connections[reading.environment.name])
    writable = [item.name for item in settings.path.environments[1:] if not item.read_only]
    if writable:
        yield fine(REGISTRIES, f"{', '.join(writable)}: {_UNTRIED}")


def _registry(reading: Reading, connection: Connection) -> Iterator[Finding]:
    told = f"{reading.environment.name}: {reading.environment.registry}"
    if error := reading.failure:
        yield wrong(REGISTRIES, f"{told}: cannot {error.operation}: {error.detail}", _mend(error, reading, connection))
        return
    who = f"as {reading.by}" if reading.by else _as_whom(connection)
    yield fine(REGISTRIES, f"{told} answers in {seconds(reading.seconds)}, {who}{_what_is_read(reading)}")
    if error := reading.catalog:
        listing = f"{reading.environment.name}: its repositories cannot be listed: {error.detail}"
        yield doubtful(REGISTRIES, listing, 'name them: repositories = ["shop/api", …]')
    if reading.refused:
        yield _unreadable(reading)


def _unreadable(reading: Reading) -> Finding:
    """The repositories that cannot be read although others can, all in one line: each keeps surveys incomplete."""
    names = [item.repository for item in reading.refused]
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    told = f"{reading.environment.name}: of {reading.tried} repositories tried {len(names)} cannot be read"
    globs = ", ".join(f'"{name}"' for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    mend = f"exclude = [{globs}], or ask for the right to read there"
    return wrong(REGISTRIES, f"{told}: {shown}: {reading.refused[0].failure.detail}", mend)


def _as_whom(connection: Connection) -> str:
    """For who is not taken for anybody."""
    return "anonymously" if connection.auth is AuthMethod.ANONYMOUS else f"and names nobody (auth = {connection.auth})"


def _what_is_read(reading: Reading) -> str:
    if not reading.tried:
        return "; it has no repository to read"
    if reading.tried == 1:
        place = reading.environment.locate(next(iter(reading.held + reading.absent)))
        return f"; {place} can be read" if reading.held else f"; it has no {place} yet"
    absent = f", {len(reading.absent)} are not there yet" if reading.absent else ""
    first = " (there are more)" if reading.has_more else ""
    if len(reading.held) == reading.tried:
        return f"; all {reading.tried} repositories tried{first} can be read"
    return f"; of {reading.tried} repositories tried{first} {len(reading.held)} can be read{absent}"


def _mend(error: RegistryError, reading: Reading, connection: Connection) -> str:
    """The command to try next."""
    if isinstance(error, Unauthorised | Forbidden):
        return _login(reading.environment, connection)
    return f"curl -sS {'http' if connection.plain_http else 'https'}://{reading.environment.registry}/v2/"


def _login(environment: Environment, connection: Connection) -> str:
    """The command that gives other credentials."""
    match connection.auth:
        case AuthMethod.DOCKER | AuthMethod.ANONYMOUS:
            return f"docker login {environment.registry}"
        case AuthMethod.TOKEN:
            source = connection.token
            return f"write a token into {source.file}" if source.file else f"export {source.variable}=…"
        case AuthMethod.AZURE_CLI | AuthMethod.AZURE_DEFAULT | AuthMethod.AZURE_DEVICE_CODE:
            role = "AcrPull" if environment.read_only else "AcrPush"
            return f"az login; then have the role {role} given to you on {environment.registry}"
        case _:
            assert_never(connection.auth)


def key_findings(readings: Sequence[KeyReading]) -> Iterator[Finding]:
    """Whether each key of `gates.signed_by` can be used."""
    for reading in readings:
        told = f"{reading.environment.name}: {reading.file}"
        if reading.failure:
            yield wrong(KEYS, f"{reading.environment.name}: {reading.failure}", f"ls -l {reading.file}")
        else:
            yield fine(KEYS, f"{told} can be used")


def trial_findings(trials: Sequence[Trial]) -> Iterator[Finding]:
    """What each hook answered to a test."""
    if not trials:
        yield fine(NOTIFY, "no environment has a hook")
    yield from map(_trial, trials)


def _trial(trial: Trial) -> Finding:
    told = f"{trial.environment.name}: {trial.hook.title}"
    if trial.failure:
        return wrong(NOTIFY, f"{told}: {trial.failure}", f"correct notify of {trial.environment.name}, and try again")
    if trial.is_left_out:
        why = "was not run: its arguments name the image, and the image of a test is nowhere"
        return doubtful(NOTIFY, f"{told} {why}", "run it by hand, or from a script that looks at WINDLASS_TEST")
    return fine(NOTIFY, f"{told} was told of a test: {trial.answer}")


async def engine_findings(settings: Settings, importer: Importer) -> Sequence[Finding]:
    """That `direct` is there, and whether Azure can import into each environment of its own from the one before."""
    steps = zip(settings.path.environments, settings.path.environments[1:], strict=False)
    pairs = [(source, target) for source, target in steps if Kind.OCI not in {source.kind, target.kind}]
    told = [fine(ENGINES, "direct: always there; it carries all that belongs to an image")]
    if not pairs:
        return [*told, fine(ENGINES, "acr-import: no two environments that follow one another are Azure's")]
    return [*told, *await gather_all(*(_import(importer, source, target, settings) for source, target in pairs))]


async def _import(importer: Importer, source: Environment, target: Environment, settings: Settings) -> Finding:
    told = f"acr-import: {source.name} to {target.name}"
    if settings.connections[target.name].auth is AuthMethod.AZURE_DEVICE_CODE:
        return fine(ENGINES, f"{told} was not asked for: the login would want a second sign-in")
    if refusal := await importer.refusal(source, target):
        return doubtful(ENGINES, f"{told}: {refusal}", f'engine = "direct" for {target.name} does without')
    return fine(ENGINES, f"{told} can be tried")

"""The laboratory with Azure in it: registries of Azure's kind behind real logins, and a Resource Manager that imports.

async with azure_laboratory(tmp_path) as azure:
    azure.lab.push("base", "shop/api", "1.0.0", picture())
    azure.arm.faults.forbid_import = True
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.lab import IMPATIENT, Lab, laboratory
from tui.azure.arm import Arm as ArmClient
from tui.azure.clouds import cloud_at
from tui.domain.environment import EngineName, Environment, Kind
from tui.domain.scope import Scope
from tui.engine.acr_import import AcrImportEngine
from tui.engine.direct import DirectEngine
from tui.ports.azure import AzureToken
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint
from tui.registry.credential_sources import AzureCredentials
from tui.sandbox.arm import Arm, serve_arm
from tui.sandbox.auth import Acr
from tui.sandbox.registry import Registry

NAMES = ("base", "dev")


class Login:
    """A login that every registry and Resource Manager takes."""

    async def token(self, scope: str) -> AzureToken:
        return AzureToken("an-azure-token", 4e9)


@dataclass(frozen=True, slots=True)
class AzureLab:
    """The laboratory, and the Resource Manager that knows its registries."""

    lab: Lab
    arm: Arm


@asynccontextmanager
async def azure_laboratory(
    tmp_path: Path,
    path: tuple[Environment, ...] = (),
    auths: Mapping[str, Acr] = {},
    abac: frozenset[str] = frozenset(),
    scope: Scope = Scope(),  # noqa: B008 - frozen
) -> AsyncGenerator[AzureLab, None]:
    """Environments base and dev, or those of `path`; `abac` names registries with permissions per repository."""
    path = path or tuple(Environment(name, name, kind=Kind.ACR) for name in NAMES)
    names = dict.fromkeys(item.registry for item in path)
    registries = {name: Registry(name, auth=auths.get(name, Acr())) for name in names}
    async with AsyncExitStack() as stack:
        lab = await stack.enter_async_context(laboratory(tmp_path, path, registries, scope))
        arm = Arm(duration=0)
        for item in lab.bench.path.environments:
            registry = lab.registries[item.name]
            arm.add(registry, item.registry, has_repository_permissions=registry.name in abac)
        base_url = await stack.enter_async_context(serve_arm(arm))
        importer = ArmClient(Login(), cloud_at(base_url), interval=0.01)
        stack.push_async_callback(importer.close)
        clients = {item: await stack.enter_async_context(_client(item)) for item in lab.bench.path.environments}
        direct = DirectEngine(clients)
        engines = {EngineName.DIRECT: direct, EngineName.ACR_IMPORT: AcrImportEngine(importer, clients, direct)}
        tools = replace(lab.tools, registries=clients, engines=engines, lockers=clients)
        lab.bench.tools = lab.tools = tools
        yield AzureLab(lab, arm)


def _client(environment: Environment) -> AcrClient:
    endpoint = Endpoint(environment.registry, plain_http=True, takes_azure_tokens=True)
    return AcrClient(endpoint, AzureCredentials(Login()), limits=IMPATIENT)

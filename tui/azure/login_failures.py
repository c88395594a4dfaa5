"""From an exception of azure-identity to the sentence that a person reads, with the command that mends it.

azure-identity tells what went wrong in the text alone. Codes that begin with AADSTS are those of Microsoft Entra ID
(learn.microsoft.com, "Microsoft Entra authentication and authorization error codes").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tui.azure.credentials import AZURE_CLI, AZURE_DEFAULT, AZURE_DEVICE_CODE
from tui.azure.wording import shown
from tui.ports.errors import LoginError

_CODE: Final = re.compile(r"AADSTS(\d{4,8})")
_WRONG_TENANT: Final = frozenset({"50020", "50034", "50059", "90002", "90019", "90072", "700016", "900023", "500011"})
_ENDED: Final = frozenset({"50078", "50132", "50133", "50173", "70008", "70043", "500133", "700082", "700084"})
_WANTS_MORE: Final = frozenset({"50055", "50074", "50076", "50079", "50158", "65001"})
_BLOCKED: Final = frozenset({"50057", "50105", "53000", "53001", "53003", "530003", "530034"})
_BAD_SECRET: Final = frozenset({"7000215", "7000222", "700027", "7000218", "50126"})
_NETWORK: Final = re.compile(
    r"getaddrinfo|name resolution|failed to resolve|name or service not known|nodename nor servname"
    r"|failed to establish a new connection|connection refused|network is unreachable|no route to host"
    r"|max retries exceeded|connectionerror|connection aborted|connection reset|remote end closed|proxyerror"
    r"|read timed out|connect timeout",
    re.IGNORECASE,
)
_CERTIFICATE: Final = re.compile(r"certificate_verify_failed|sslerror|certificate verify failed", re.IGNORECASE)
# Probed on every machine, and unreachable wherever it is not: says nothing about the network.
_MANAGED_IDENTITY: Final = re.compile(r"\n\tManagedIdentityCredential: .*?(?=\n\t|\nTo mitigate|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Case:
    """A login that failed: how it was tried, for which tenant (empty: its own), and what was said."""

    method: str
    tenant: str
    text: str

    @property
    def code(self) -> str:
        """The number of the first code of Entra's in the text; empty where there is none."""
        found = _CODE.search(self.text)
        return found[1] if found else ""

    @property
    def where(self) -> str:
        return f"tenant {shown(self.tenant, 80)}" if self.tenant else "the tenant that it is for"

    @property
    def again(self) -> str:
        """What to do to log in again."""
        if self.method == AZURE_DEVICE_CODE:
            return "sign in again with another code"
        return f"run `az login{f' --tenant {shown(self.tenant, 80)}' if self.tenant else ''}`"

    def says(self, *parts: str) -> bool:
        """True where the text holds any of `parts`, however they are spelt."""
        lowered = self.text.lower()
        return any(part.lower() in lowered for part in parts)


def login_failure(method: str, tenant: str, error: Exception) -> LoginError:
    """The error of the ports that `error` amounts to."""
    case = _Case(method, tenant, _MANAGED_IDENTITY.sub("", str(error)))
    return LoginError(_by_code(case) or _by_network(case) or _BY_METHOD[method](case))


def login_timeout(method: str, seconds: float) -> LoginError:
    """No answer came within `seconds`."""
    if method == AZURE_CLI:
        return LoginError(f"the Azure CLI (az) gave no token within {seconds:g} s: run `az account get-access-token`")
    if method == AZURE_DEFAULT:
        return LoginError(f'no Azure login answered within {seconds:g} s: run `az login` and set auth = "azure-cli"')
    return LoginError("the code for signing in ended before somebody entered it: sign in again with another code")


def _by_code(case: _Case) -> str:
    code, named = case.code, f"(AADSTS{case.code})"
    if code in _WRONG_TENANT:
        tenant = "" if case.tenant else ", or set `tenant` to the one that holds the registry"
        return f"this login is not known in {case.where} {named}: {_entering(case)}{tenant}"
    if code in _ENDED:
        return f"the Azure login has ended {named}: {case.again}"
    if code in _WANTS_MORE:
        return f"Azure wants you to sign in once more {named}: {case.again}"
    if code in _BLOCKED:
        return f"the rules of {case.where} forbid this login {named}: ask its administrator, then {case.again}"
    if code in _BAD_SECRET:
        mend = "check AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or the certificate"
        return f"Azure does not take these credentials {named}: {mend}, or {case.again}"
    return ""


def _entering(case: _Case) -> str:
    if case.method == AZURE_DEVICE_CODE:
        return "sign in with a user of that tenant"
    return case.again if case.tenant else "run `az login --tenant TENANT`"


def _by_network(case: _Case) -> str:
    if _CERTIFICATE.search(case.text):
        return "the certificate of Azure's sign-in is not trusted here: set REQUESTS_CA_BUNDLE to your proxy's CA file"
    if _NETWORK.search(case.text):
        return "Azure's sign-in cannot be reached: check the network, DNS and HTTPS_PROXY"
    return ""


def _of_cli(case: _Case) -> str:
    if case.says("Azure CLI not found", "Failed to execute"):
        mend = f'install it (https://aka.ms/azure-cli), or set auth = "{AZURE_DEVICE_CODE}" or "docker"'
        return f"the Azure CLI (az) is not on PATH: {mend}"
    if case.says("az login", "az account set", "No subscription found"):
        return f"the Azure CLI is not logged in: {case.again}"
    if case.says("Failed to invoke the Azure CLI"):
        return "the Azure CLI (az) did not answer in time or was killed: run `az account get-access-token`"
    if case.says("Unexpected output", "is not in the", "unrecognized arguments", "misspelled or not recognized"):
        # What it wrote instead may be a token, and is not quoted.
        return "the Azure CLI (az) gave no token that can be read: run `az upgrade`"
    if case.says("Invalid tenant"):
        return _bad_tenant(case)
    return f"the Azure CLI gave no token ({_cause(case)}): {case.again}"


def _of_default(case: _Case) -> str:
    variables = "AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET"
    if case.says("Invalid tenant"):
        return _bad_tenant(case)
    return f'no Azure login found: {case.again}, or set {variables}, or use auth = "{AZURE_DEVICE_CODE}"'


def _of_device_code(case: _Case) -> str:
    if case.says("Timed out waiting", "expired_token", "code_expired", "AADSTS70020"):
        return str(login_timeout(AZURE_DEVICE_CODE, 0))
    if case.says("declined", "denied"):
        return f"the sign-in was declined: {case.again}"
    if case.says("Invalid tenant"):
        return _bad_tenant(case)
    return f"signing in with a code failed ({_cause(case)}): {case.again}"


def _bad_tenant(case: _Case) -> str:
    return f"{case.where} cannot be one: give its id or domain (`az account tenant list` shows them)"


def _cause(case: _Case) -> str:
    lines = [line for line in case.text.splitlines() if line.strip()]
    return shown(lines[0].removeprefix("ERROR: "), 160) if lines else "it does not say why"


_BY_METHOD: Final[dict[str, Callable[[_Case], str]]] = {
    AZURE_CLI: _of_cli,
    AZURE_DEFAULT: _of_default,
    AZURE_DEVICE_CODE: _of_device_code,
}

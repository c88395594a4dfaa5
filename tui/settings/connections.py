"""How the registry of one `[[environment]]` table is spoken to, and what it is shown of a login."""

from typing import Final

from tui.domain.azure import is_azure
from tui.domain.environment import Environment, Kind
from tui.domain.loopback import is_loopback
from tui.settings.files import read_ca, read_path
from tui.settings.model import AuthMethod, Connection, TokenSource
from tui.settings.names import parse_tenant, parse_user, parse_variable
from tui.settings.table import Table

AZURE_LOGINS: Final = frozenset({AuthMethod.AZURE_CLI, AuthMethod.AZURE_DEFAULT, AuthMethod.AZURE_DEVICE_CODE})
_OPT_IN: Final = "send_azure_token"
_TOKEN_KEYS: Final = ("token_env", "token_file", "token_user")


def read_connection(table: Table, environment: Environment, tenant: str = "") -> Connection:
    """How to connect to `environment`, which `table` describes; `tenant` is that of `[azure]`. Raises SettingsError."""
    auth = table.choice("auth", AuthMethod) or _default_auth(table, environment)
    token = _read_token(table, auth)
    return Connection(
        auth=auth,
        plain_http=_is_plain(table, environment, auth),
        ca=read_ca(table),
        token=token,
        tenant=_read_tenant(table, environment, auth) or tenant,
        trusts_with_azure_token=_trusts(table, environment, auth, token),
    )


def _default_auth(table: Table, environment: Environment) -> AuthMethod:
    """Azure's login for Azure's own hosts. A stand-in elsewhere is shown it only where that is said."""
    is_trusted = is_azure(environment.registry) or table.flag(_OPT_IN)
    return AuthMethod.AZURE_DEFAULT if environment.kind is Kind.ACR and is_trusted else AuthMethod.DOCKER


def _is_plain(table: Table, environment: Environment, auth: AuthMethod) -> bool:
    plain, is_here = table.flag("plain_http"), is_loopback(environment.registry)
    if plain is None:
        return is_here and table.text("ca") is None
    if plain and table.text("ca") is not None:
        raise table.error("plain_http", "plain http checks no certificate", "leave out plain_http or ca")
    if plain and not is_here and (auth in AZURE_LOGINS or table.flag(_OPT_IN)):
        told = f"{auth} would show the login's token to everybody on the way to {environment.registry}"
        raise table.error("plain_http", told, "leave out plain_http")
    return plain


def _read_token(table: Table, auth: AuthMethod) -> TokenSource:
    if auth is not AuthMethod.TOKEN:
        for key in _TOKEN_KEYS:
            if key in table.values:
                raise table.error(key, f'this needs auth = "token", and here it is {auth}', f"leave out {key}")
        return TokenSource()
    if "token_env" in table.values and "token_file" in table.values:
        raise table.error("token_file", "the token comes from token_env or from token_file", "leave out one of them")
    variable = table.parsed("token_env", parse_variable) or TokenSource().variable
    return TokenSource(variable, read_path(table, "token_file"), table.parsed("token_user", parse_user) or "")


def _read_tenant(table: Table, environment: Environment, auth: AuthMethod) -> str | None:
    tenant = table.parsed("tenant", parse_tenant)
    if tenant and environment.kind is not Kind.ACR and auth not in AZURE_LOGINS:
        raise table.error(
            "tenant", f"only Azure has tenants, and {environment.name} is none of its", "leave out tenant"
        )
    return tenant


def _trusts(table: Table, environment: Environment, auth: AuthMethod, token: TokenSource) -> bool:
    """Whether a host that is none of Azure's may be shown the login's token; without a word it never is."""
    is_wanted, host = table.flag(_OPT_IN) or False, environment.registry
    if is_wanted and is_azure(host):
        raise table.error(_OPT_IN, f"{host} is Azure's own and is shown its token anyway", f"leave out {_OPT_IN}")
    if is_wanted and (auth not in {*AZURE_LOGINS, AuthMethod.TOKEN} or token.user):
        sent = f"the password of {token.user}" if token.user else f'auth = "{auth}"'
        raise table.error(_OPT_IN, f"with {sent} there is no token of Azure's to send", f"leave out {_OPT_IN}")
    if auth in AZURE_LOGINS and not is_wanted and not is_azure(host):
        told = f"{host} is none of Azure's hosts, and {auth} would show it a token for your Azure login"
        raise table.error("auth", told, f'write auth = "docker", or {_OPT_IN} = true if you trust it with that')
    return is_wanted

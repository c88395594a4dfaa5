"""What an Azure registry's refusals mean: which login or role is missing, and the command that mends it.

The names of the roles are those of the page "Azure Container Registry Entra permissions and role assignments". In
ABAC mode ("RBAC Registry + ABAC Repository Permissions") the older ones give no rights to repositories.
"""

from typing import Final

_READER: Final = 'AcrPull, or "Container Registry Repository Reader" in ABAC mode'
_WRITER: Final = 'AcrPush, or "Container Registry Repository Writer" in ABAC mode'
_DELETER: Final = 'AcrDelete, or "Container Registry Repository Contributor" in ABAC mode'
_LISTER: Final = 'AcrPull, or "Container Registry Repository Catalog Lister" in ABAC mode'
_ASSIGN: Final = "az role assignment create --role {role} --scope <registry id> --assignee <you>"
_READING: Final = frozenset({"pull", "metadata_read"})


def login_not_taken(registry: str, tenant: str, said: str) -> str:
    """The sentence for an Azure token that `registry` does not exchange.

    It has what the registry `said`, fit to show: a firewall's refusal looks the same but for its words.
    """
    command = f"az login --tenant {tenant or '<tenant>'}"
    mend = f"check the tenant ({command}) or ask for the role AcrPull ({_ASSIGN.format(role='AcrPull')})"
    return f"your Azure login is not taken by {registry} ({said}): {mend}"


def rights_missing(scopes: tuple[str, ...]) -> str:
    """The sentence for a login that is known but may not do what `scopes` name."""
    thing, role = _missing(scopes)
    return f"your login has no rights on {thing}: the role that is missing is {role}"


def _missing(scopes: tuple[str, ...]) -> tuple[str, str]:
    """What may not be touched, and the role that would allow it. The first scope is what a request is about."""
    kind, _, rest = (scopes[0] if scopes else "").partition(":")
    name, _, actions = rest.rpartition(":")
    if kind == "registry":
        return "the list of repositories", _LISTER
    wanted = set(actions.split(","))
    if "delete" in wanted:
        return name or "it", _DELETER
    return name or "it", _READER if wanted <= _READING else _WRITER

"""This machine, as a host name may mean it."""

from typing import Final

_OF_ADDRESSES: Final = frozenset("0123456789abcdefABCDEF.:")


def is_loopback(registry: str) -> bool:
    """True where `registry` (`host[:port]`) is this machine: 127.0.0.0/8, ::1 or localhost."""
    host = registry[1:].partition("]")[0] if registry.startswith("[") else registry.partition(":")[0]
    if host == "localhost":
        return True
    if not _OF_ADDRESSES.issuperset(host):  # a name: most are, and need no knowledge of addresses
        return False
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""This machine, as a host name may mean it."""

import ipaddress


def is_loopback(registry: str) -> bool:
    """True where `registry` (`host[:port]`) is this machine: 127.0.0.0/8, ::1 or localhost."""
    host = registry[1:].partition("]")[0] if registry.startswith("[") else registry.partition(":")[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

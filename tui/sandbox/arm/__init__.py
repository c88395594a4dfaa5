"""A small Azure Resource Manager: subscriptions, container registries, and imports that really copy.

What the public management client of container registries asks for is answered here, on loopback, for embedded
registries: `arm = Arm(); arm.add(registry, login_server)`, then `async with serve_arm(arm) as base_url`.
"""

from tui.sandbox.arm.faults import ArmFaults, Failure
from tui.sandbox.arm.imports import ImportRequest
from tui.sandbox.arm.resources import Resource
from tui.sandbox.arm.server import serve_arm
from tui.sandbox.arm.state import Arm

__all__ = ["Arm", "ArmFaults", "Failure", "ImportRequest", "Resource", "serve_arm"]

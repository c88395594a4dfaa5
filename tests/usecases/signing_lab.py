"""An image in the base, and a target that wants it signed by a key."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.lab import Lab, laboratory, picture
from tests.signing import Signer
from tui.domain.environment import Environment, GateRules
from tui.domain.verdict import Verdict
from tui.trust.keys import PublicKeys

IMAGE = "shop/api:1.0.0"
SIGNED = picture(1)
OTHER = picture(2)
SIGNER, STRANGER = Signer(), Signer()


@asynccontextmanager
async def wanting(tmp_path: Path, *keys: str) -> AsyncGenerator[Lab, None]:
    """A target that wants a signature by one of `keys`, by default by the signer's."""
    own = SIGNER.public(tmp_path / "cosign.pub")
    rules = GateRules(signed=True, signed_by=keys or (own,))
    async with laboratory(tmp_path, [Environment("base", "base"), Environment("prod", "prod", gates=rules)]) as lab:
        lab.bench.tools = replace(lab.tools, trust=PublicKeys())
        lab.push("base", "shop/api", "1.0.0", SIGNED)
        yield lab


async def verdict(lab: Lab) -> Verdict:
    plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
    (found,) = [verdict for verdict in plan.verdicts if verdict.gate == "signed"]
    return found

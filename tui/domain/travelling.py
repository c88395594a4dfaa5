"""What travels along with an image, in words: what belongs to it, and apart from that what Windlass said about it."""

from tui.domain.artifact import is_of_windlass
from tui.domain.plan import Plan


def tell_travelling(plan: Plan) -> str:
    """`2 signatures, SBOMs and attestations, and 1 note or approval`; the latter only where there is one."""
    said = sum(map(is_of_windlass, plan.companions.referrers))
    own = _belonging(plan.transfer.referrers - said)
    return f"{own}, and {_said(said)}" if said else own


def _belonging(number: int) -> str:
    if number == 0:
        return "no signatures, SBOMs or attestations"
    return "1 signature, SBOM or attestation" if number == 1 else f"{number} signatures, SBOMs and attestations"


def _said(number: int) -> str:
    return "1 note or approval" if number == 1 else f"{number} notes and approvals"

"""What is said of approvals: what somebody is about to approve of, and what was approved already. Pure."""

from datetime import datetime
from typing import Final

from tui.domain.approval import Approval
from tui.domain.timestamps import age
from tui.usecases.approving import Approving

_LABEL_WIDTH: Final = 11


def approving_lines(approving: Approving, now: datetime) -> tuple[str, ...]:
    """The image whole, where it may go, who says so, and who said so before; a line each."""
    given = [approval_text(item, now) for item in approving.given] or ["none yet"]
    image = ("image", str(approving.subject).partition("@")[0])
    facts = (
        ("may go to", f"{approving.target.title}  {approving.place}"),
        ("approved by", approving.by),
        *(("given" if not at else "", text) for at, text in enumerate(given)),
    )
    return (_fact(*image), f"  {approving.root.digest}", *(_fact(*item) for item in facts))


def _fact(label: str, value: str) -> str:
    return f"{label:<{_LABEL_WIDTH}}  {value}"


def approval_text(approval: Approval, now: datetime) -> str:
    """`approved 2 h ago for prod by alice: CHG0031337`."""
    remark = f": {approval.remark}" if approval.remark else ""
    return f"approved {age(approval.at, now)} ago for {approval.environment} by {approval.by}{remark}"

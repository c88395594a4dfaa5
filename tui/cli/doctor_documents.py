"""Findings as a JSON document."""

from collections.abc import Sequence
from typing import Any

from tui.cli.schema import SCHEMA
from tui.domain.finding import Finding


def findings_document(findings: Sequence[Finding]) -> dict[str, Any]:
    """`{"schema", "findings": [{"area", "state", "what", "mend"?}]}`."""
    return {"schema": SCHEMA, "findings": [_finding(finding) for finding in findings]}


def _finding(finding: Finding) -> dict[str, Any]:
    told = {"area": finding.area, "state": finding.health.value, "what": finding.what}
    return told | {"mend": finding.mend} if finding.mend else told

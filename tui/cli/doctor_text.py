"""Findings as lines of text: pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tui.domain.finding import Finding, Health

_WORDS: Final = {Health.OK: "ok", Health.WARNING: "warning", Health.WRONG: "WRONG"}


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """One line each, in columns; what mends it stands below."""
    width = max((len(finding.area) for finding in findings), default=0)
    for finding in findings:
        yield f"{_WORDS[finding.health]:<7}  {finding.area:<{width}}  {finding.what}"
        if finding.mend:
            yield f"{'':<7}  {'':<{width}}  mend: {finding.mend}"


def summary_line(findings: Sequence[Finding]) -> str:
    """`all is well`, or how many are not."""
    counts = Counter(finding.health for finding in findings)
    wrong, doubtful = counts[Health.WRONG], counts[Health.WARNING]
    warnings = f"{doubtful} warning{'s' * (doubtful != 1)}"
    if wrong:
        return f"{wrong} wrong, {warnings}"
    return f"all is well, with {warnings}" if doubtful else "all is well"

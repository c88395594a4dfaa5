"""What gates say of a promotion, and what was said yes to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate's verdict: `reason` says what was found, `remedy` what would satisfy the gate.

    A gate that `asks` passes, but only for who said yes to just that.
    """

    gate: str
    passed: bool
    reason: str
    remedy: str = ""
    asks: bool = False


def passes(gate: str, reason: str) -> Verdict:
    """The verdict of a gate that lets the promotion through."""
    return Verdict(gate, passed=True, reason=reason)


def fails(gate: str, reason: str, remedy: str) -> Verdict:
    """The verdict of a gate that refuses; `remedy` says what would satisfy it."""
    return Verdict(gate, passed=False, reason=reason, remedy=remedy)


def asks(gate: str, reason: str, remedy: str) -> Verdict:
    """The verdict of a gate that lets through who said yes to it; `remedy` says how that is done."""
    return Verdict(gate, passed=True, reason=reason, remedy=remedy, asks=True)


@dataclass(frozen=True, slots=True)
class Consent:
    """What was said yes to: the gates that ask, by their names."""

    gates: frozenset[str] = frozenset()

    def covers(self, verdict: Verdict) -> bool:
        """True where `verdict` stands in nobody's way any more."""
        return verdict.passed and (not verdict.asks or verdict.gate in self.gates)

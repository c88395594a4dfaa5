"""What was found out about cells and images beyond the survey; it fills up in the background."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.domain.explanation import CellKey, Explanation
from tui.domain.identity import Identity
from tui.domain.reference import Digest


@dataclass(frozen=True, slots=True)
class Insight:
    """Explanations by cell and digests, identities by digest: neither ever becomes wrong, only more."""

    explanations: Mapping[CellKey, Explanation] = field(default_factory=dict[CellKey, Explanation])
    identities: Mapping[Digest, Identity] = field(default_factory=dict[Digest, Identity])

    def with_explanations(self, found: Mapping[CellKey, Explanation]) -> "Insight":
        """The insight with `found`."""
        return Insight({**self.explanations, **found}, self.identities) if found else self

    def with_identities(self, found: Mapping[Digest, Identity]) -> "Insight":
        """The insight with `found`."""
        return Insight(self.explanations, {**self.identities, **found}) if found else self

"""How many requests at once a registry is asked: learned from how long it takes to answer. Pure; nothing here waits.

More at once than the registry works on only stand in a line there, and what is wanted at once stands behind them. As
TCP Vegas does it (Brakmo and Peterson, 1995): while answers take about as long as the quickest ever did, more are
tried; where they take longer and no more of them come in a second, fewer.
"""

from typing import Final

LEAST: Final = 4
"""Requests at once that any registry is asked, so that one slow answer holds up no board."""
_FIRST: Final = 32
_PATIENCE: Final = 2.0
"""Times the quickest answer that is still no sign of a line: half of it is then spent standing."""
_SLACK: Final = 0.005
"""Seconds that say nothing: a busy machine at this end takes as long to look at an answer."""
_GAIN: Final = 1.1
"""Times as many answers in a second that are worth a line."""
_RISE: Final = 0.125
_FALL: Final = 0.8
_REFUSED: Final = 0.5
_FEW: Final = 8
"""Answers at least that a decision is made of."""


class Breadth:
    """How many requests at once are worth it: between LEAST (or `most`, where that is less) and `most`.

    It doubles until a line is seen for the first time, and then goes in small steps.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._floor = min(LEAST, most)
        self._is_starting = True
        self._quickest: float | None = None
        self._rate = 0.0
        self._taken: list[float] = []
        self._began = 0.0
        self._changed = 0.0
        self.limit = min(_FIRST, most)

    def answered(self, sent_at: float, now: float) -> None:
        """Learns from an answer, at `now`, to a request sent at `sent_at` while all that may be asked was asked.

        What was sent before the last change tells of another breadth, and nothing of this one.
        """
        if sent_at < self._changed:
            return
        if not self._taken:
            self._began = sent_at
        self._taken.append(now - sent_at)
        if self._quickest is None:
            self._meet()
        elif len(self._taken) >= max(_FEW, self.limit) and now > self._began:
            self._decide(now)

    def refused(self, sent_at: float, now: float) -> None:
        """Halves the breadth, once for all that was under way: the registry said 429 or 503, or cut the connection."""
        if sent_at >= self._changed:
            self._is_starting = False
            self._change(self.limit * _REFUSED, now)

    def _meet(self) -> None:
        """The first few answers stood in no line of ours yet, however many were asked."""
        if len(self._taken) == _FEW:
            self._quickest = self._usual()
            self._taken.clear()

    def _usual(self) -> float:
        """What the quicker answers took: the others may have made a connection first, or waited for us."""
        return sorted(self._taken)[len(self._taken) // 4]

    def _decide(self, now: float) -> None:
        rate, usual = len(self._taken) / (now - self._began), self._usual()
        if self._quickest is None or usual < self._quickest or self.limit == self._floor:
            self._quickest = usual  # at the floor it is not for us that it takes so long
        in_line = usual > self._quickest * _PATIENCE + _SLACK
        has_gained = 0 < self._rate * _GAIN < rate
        self._rate = rate
        if in_line and not has_gained:
            self._is_starting = False
            self._change(self.limit * _FALL, now)
        else:
            self._change(self.limit * 2 if self._is_starting else self.limit * (1 + _RISE) + 1, now)

    def _change(self, limit: float, now: float) -> None:
        self.limit = int(min(max(limit, self._floor), self._most))
        self._taken.clear()
        self._changed = now

"""How many requests at once: learned from simulated registries, of which none takes any time."""

import heapq
from dataclasses import dataclass, field

import pytest

from tui.registry.breadth import LEAST, Breadth

MOST = 128


@dataclass
class Simulated:
    """A registry `round_trip` seconds away that has so many `hands`, each busy `service` seconds with a request."""

    round_trip: float
    service: float
    hands: int
    now: float = 0.0
    _free: list[float] = field(default_factory=list[float])
    _flying: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def serve(self, breadth: Breadth, count: int) -> float:
        """The seconds that `count` requests take, of which as many are under way as `breadth` says."""
        began, sent = self.now, 0
        for _ in range(count):
            while sent < count and len(self._flying) < breadth.limit:
                self._send()
                sent += 1
            is_full = len(self._flying) >= breadth.limit
            self.now, sent_at = heapq.heappop(self._flying)
            if is_full:
                breadth.answered(sent_at, self.now)
        return self.now - began

    def least(self, count: int) -> float:
        """The seconds that `count` requests take at best."""
        return count * max(self.service / self.hands, (self.round_trip + self.service) / MOST)

    def _send(self) -> None:
        self._free = self._free or [0.0] * self.hands
        start = max(self.now + self.round_trip / 2, heapq.heappop(self._free))
        heapq.heappush(self._free, start + self.service)
        heapq.heappush(self._flying, (start + self.service + self.round_trip / 2, self.now))


@pytest.mark.parametrize(
    ("round_trip", "service", "hands"),
    [(0.03, 0.001, 1), (0.03, 0.001, 64), (0.2, 0.001, 1), (0.0005, 0.0015, 1), (0.001, 0.05, 4), (0.001, 0.05, 100)],
)
def test_a_registry_is_kept_as_busy_as_it_can_be(round_trip: float, service: float, hands: int) -> None:
    registry = Simulated(round_trip, service, hands)
    assert registry.serve(Breadth(MOST), 4000) < 1.2 * registry.least(4000)


@pytest.mark.parametrize(("round_trip", "service", "hands"), [(0.03, 0.0015, 1), (0.0005, 0.0015, 1), (0.001, 0.05, 4)])
def test_no_long_line_is_made_where_more_at_once_are_no_faster(round_trip: float, service: float, hands: int) -> None:
    registry, breadth = Simulated(round_trip, service, hands), Breadth(MOST)
    registry.serve(breadth, 4000)
    worked_on = hands * (round_trip + service) / service
    assert breadth.limit < 4 * worked_on + 16


def test_a_far_registry_with_many_hands_gets_all_that_may_be() -> None:
    registry, breadth = Simulated(0.2, 0.001, 64), Breadth(MOST)
    registry.serve(breadth, 1000)
    assert breadth.limit == MOST


def test_a_registry_that_becomes_slower_is_asked_less_at_once_and_later_more_again() -> None:
    registry, breadth = Simulated(0.03, 0.0005, 1), Breadth(MOST)
    registry.serve(breadth, 4000)
    usual = breadth.limit
    registry.service = 0.02
    registry.serve(breadth, 2000)
    slow = breadth.limit
    registry.service = 0.0005
    registry.serve(breadth, 4000)
    assert slow < usual / 3
    assert breadth.limit > usual / 2


def test_a_refusal_halves_the_breadth_once_for_all_that_was_under_way() -> None:
    breadth = Breadth(MOST)
    before = breadth.limit
    for sent_at in (0.0, 0.1, 0.2):
        breadth.refused(sent_at, 1.0)
    assert breadth.limit == before // 2


def test_refusals_leave_a_few_and_no_more_are_asked_than_may_be() -> None:
    breadth = Breadth(MOST)
    for at in range(20):
        breadth.refused(at + 0.5, at + 1.0)
    assert breadth.limit == LEAST
    assert Breadth(3).limit == 3


def test_what_was_sent_before_a_change_says_nothing_of_the_breadth_after_it() -> None:
    breadth = Breadth(MOST)
    breadth.refused(0.0, 1.0)
    halved = breadth.limit
    for _ in range(100):
        breadth.answered(0.5, 1.5)
    assert breadth.limit == halved

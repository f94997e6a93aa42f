"""Interleaved rounds: what is compared runs in turn, so that a busy machine slows all of it alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

Act = Callable[[], object]
ROUNDS = 9


@dataclass(frozen=True)
class Cost:
    """What one call took, in milliseconds: CPU of this process, and time on the wall."""

    cpu: float
    wall: float

    def per(self, calls: int) -> "Cost":
        """The share of one call among several."""
        return Cost(self.cpu / calls, self.wall / calls)


def once(act: Act) -> Cost:
    """The cost of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return Cost((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000)


def compare(acts: Mapping[str, Act], *, calls: int = 1, rounds: int = ROUNDS) -> dict[str, Cost]:
    """The median cost of each act over interleaved rounds; each act makes ``calls`` calls of what it measures."""
    taken: dict[str, list[Cost]] = {name: [] for name in acts}
    for act in acts.values():
        act()  # caches filled, statements compiled: the first call is not what people wait for
    for _round in range(rounds):
        for name, act in acts.items():
            taken[name].append(once(act).per(calls))
    return {
        name: Cost(median(cost.cpu for cost in costs), median(cost.wall for cost in costs))
        for name, costs in taken.items()
    }


def spread(values: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return median(values), quantiles(values, n=20, method="inclusive")[-1]

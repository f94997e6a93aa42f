"""Interleaved rounds: what is compared runs in turn, so that a busy machine slows all of it alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

Act = Callable[[], object]
ROUNDS = 5


@dataclass(frozen=True)
class Cost:
    """What one call took, in milliseconds: CPU of this process (median), time on the wall (quickest round)."""

    cpu: float
    wall: float

    def work(self, *, here: bool) -> float:
        """What it costs where the work is done: in this process, or in a database server that only the wall sees."""
        return self.cpu if here else self.wall

    def per(self, calls: int) -> "Cost":
        """The share of one call among several."""
        return Cost(self.cpu / calls, self.wall / calls)


def once(act: Act) -> Cost:
    """The cost of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return Cost((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000)


def compare(acts: Mapping[str, Act], *, calls: int = 1, rounds: int = ROUNDS) -> dict[str, Cost]:
    """The cost of each act over interleaved rounds; each act makes ``calls`` calls of what it measures."""
    taken: dict[str, list[Cost]] = {name: [] for name in acts}
    for act in acts.values():
        act()  # caches filled, statements compiled: the first call is not what people wait for
    for _round in range(rounds):
        for name, act in acts.items():
            taken[name].append(once(act).per(calls))
    return {name: settled(costs) for name, costs in taken.items()}


def settled(costs: list[Cost]) -> Cost:
    """One cost from several rounds: a busy machine adds to the wall, never takes away."""
    return Cost(median(cost.cpu for cost in costs), min(cost.wall for cost in costs))


def spread(values: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return median(values), quantiles(values, n=20, method="inclusive")[-1]

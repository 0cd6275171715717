"""How long requests took, by what they were."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

IDS = re.compile(r"/(?:[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class Figure:
    """Answer times of one kind of request, in milliseconds."""

    request: str
    count: int
    median: float
    p95: float
    slowest: float

    def row(self) -> tuple[str, str, str, str, str]:
        return self.request, str(self.count), f"{self.median:.0f}", f"{self.p95:.0f}", f"{self.slowest:.0f}"

    def as_json(self) -> dict[str, str | int | float]:
        return asdict(self)


def figures(timings: Iterable[tuple[str, float]]) -> list[Figure]:
    """Per kind of request (ids in paths taken out), the most frequent first."""
    found: dict[str, list[float]] = defaultdict(list)
    for request, seconds in timings:
        found[IDS.sub("/{id}", request)].append(seconds * 1000)
    out = [_figure(request, sorted(times)) for request, times in found.items()]
    return sorted(out, key=lambda figure: (-figure.count, figure.request))


def _figure(request: str, ranked: Sequence[float]) -> Figure:
    return Figure(request, len(ranked), percentile(ranked, 50), percentile(ranked, 95), round(ranked[-1], 1))


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that at least `share` percent of the values, in any order, do not exceed (nearest rank)."""
    ranked = sorted(values)
    return round(ranked[max(0, -(-len(ranked) * share // 100) - 1)], 1)

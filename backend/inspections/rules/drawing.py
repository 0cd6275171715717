"""The draw itself: targets by weight without replacement, then a day, a team and a crew for each (docs/drawing.md).

Whole numbers only, and every choice by `Stream.below` in a stated order: the same lists, seed and contribution give the
same result in any language.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.inspections.rules.draw_lists import Drawn, InspectorLine, Lists, Parameters, TargetLine
from backend.inspections.rules.randomness import Stream

ANY_TEAM = "mixed"
"""Stands for all allowed teams together where crews may be mixed."""


class Impossible(Exception):
    """The draw cannot be carried out: `rule` names what cannot be met, `targets` (pseudonyms) for which.

    `room`: where people are too few for all of them, for how many there are enough.
    """

    def __init__(self, rule: str, targets: Sequence[str] = (), room: int | None = None) -> None:
        super().__init__(f"{rule}: {' '.join(targets)}")
        self.rule = rule
        self.targets = list(targets)
        self.room = room


def draw(lists: Lists, seed: str, contribution: str = "") -> list[Drawn]:
    """The result, in the order drawn. Raises `Impossible` with the first target that finds no crew."""
    drawn = draw_targets(lists, Stream(seed, "targets", contribution))
    crews = Crews(lists, Stream(seed, "crews", contribution))
    return [crews.send(place, target) for place, target in enumerate(drawn)]


def draw_targets(lists: Lists, stream: Stream) -> list[TargetLine]:
    """`count` targets one after another: the chance of each is its weight in the sum of those still left."""
    tree = Weights([target.weight for target in lists.targets])
    count = lists.parameters.count
    if count > len(lists.targets):
        raise Impossible("count")
    return [lists.targets[tree.take(stream.below(tree.total))] for _ in range(count)]


class Weights:
    """Prefix sums that change in logarithmic time (a Fenwick tree): what walking down the list would find, quickly."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._weights = list(weights)
        self.total = sum(weights)
        self._tree = [0, *weights]
        for place in range(1, len(self._tree)):
            parent = place + (place & -place)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[place]
        self._top = 1 << (len(weights).bit_length() - 1) if weights else 0

    def take(self, number: int) -> int:
        """The first place whose weight, with all before it, is more than `number`; its weight becomes 0."""
        place, step = 0, self._top
        while step:
            if place + step < len(self._tree) and self._tree[place + step] <= number:
                place += step
                number -= self._tree[place]
            step >>= 1
        weight, self._weights[place] = self._weights[place], 0
        self.total -= weight
        up = place + 1
        while up < len(self._tree):
            self._tree[up] -= weight
            up += up & -up
        return place


@dataclass(slots=True)
class Candidate:
    """Somebody of a team who may inspect on one day."""

    line: InspectorLine
    officer: bool
    conflicts: dict[str, list[tuple[str, str]]]

    def avoids(self, target: str, day: str) -> bool:
        return any(first <= day <= last for first, last in self.conflicts.get(target, ()))


@dataclass(slots=True)
class Crews:
    """Finds crews, one target after another, and remembers who is sent where on which day."""

    lists: Lists
    stream: Stream
    _teams: dict[str, list[tuple[InspectorLine, dict[str, list[tuple[str, str]]]]]] = field(default_factory=dict)
    _able: dict[tuple[str, str], list[Candidate]] = field(default_factory=dict)
    _load: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        for line in self.lists.inspectors:
            conflicts: dict[str, list[tuple[str, str]]] = {}
            for target, first, last in line.conflicts:
                conflicts.setdefault(target, []).append((first, last))
            self._teams.setdefault(line.team, []).append((line, conflicts))
            for day, visits in line.busy:
                self._load[line.id, day] = max(visits, self._load[line.id, day])

    def send(self, place: int, target: TargetLine) -> Drawn:
        """Day, team and crew of the target drawn as number `place` (from 0). Raises `Impossible`."""
        for day in self._days(place):
            for units in self._units(target):
                free = self.free(units, target, day)
                if is_enough(free, target, self.lists.parameters):
                    return self._crew(place, target, day, free)
        raise Impossible("no_crew_left", [target.id])

    def _days(self, place: int) -> Iterator[str]:
        """Every day once, beginning with the one whose turn it is."""
        days = self.lists.parameters.days
        return (days[(place + step) % len(days)] for step in range(len(days)))

    def _units(self, target: TargetLine) -> Iterator[list[str]]:
        """The allowed teams in random order, each alone; all of them at once where crews may be mixed."""
        left = list(target.teams or self.lists.parameters.teams)
        if self.lists.parameters.mixed:
            yield left
            return
        while left:
            yield [left.pop(self.stream.below(len(left)))]

    def free(self, teams: Sequence[str], target: TargetLine, day: str) -> list[Candidate]:
        """Who of `teams` may go to the target on `day`, in the order of the library, each person once."""
        most, seen, out = self.lists.parameters.per_day, set(), []
        for team in teams:
            for candidate in self.able(team, day):
                person = candidate.line.id
                if person in seen or self._load[person, day] >= most or candidate.avoids(target.id, day):
                    continue
                seen.add(person)
                out.append(candidate)
        return out

    def able(self, team: str, day: str) -> list[Candidate]:
        """Who of the team may inspect on `day` at all."""
        if (team, day) not in self._able:
            self._able[team, day] = [
                Candidate(line, line.is_officer(day), conflicts)
                for line, conflicts in self._teams.get(team, ())
                if line.may_inspect(day)
            ]
        return self._able[team, day]

    def _crew(self, place: int, target: TargetLine, day: str, free: list[Candidate]) -> Drawn:
        given = self.lists.parameters
        size = min(given.crew_min + self.stream.below(given.crew_max - given.crew_min + 1), len(free))
        size = max(size, target.officers)
        crew = self._take([each for each in free if each.officer], target.officers)
        rest = [each for each in free if all(each is not other for other in crew)]
        crew += self._take(rest, size - len(crew))
        leader = next((each for each in crew if each.line.leads), crew[0]).line
        for each in crew:
            self._load[each.line.id, day] += 1
        ids = [each.line.id for each in crew]
        return Drawn(position=place + 1, target=target.id, day=day, team=leader.team, leader=leader.id, crew=ids)

    def _take(self, candidates: list[Candidate], count: int) -> list[Candidate]:
        left = list(candidates)
        return [left.pop(self.stream.below(len(left))) for _ in range(count)]


def is_enough(free: Sequence[Candidate], target: TargetLine, given: Parameters) -> bool:
    """Whether a crew can be made of `free`: enough people, and enough officers among them."""
    return len(free) >= max(given.crew_min, target.officers) and sum(each.officer for each in free) >= target.officers

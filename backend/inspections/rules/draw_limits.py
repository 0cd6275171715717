"""What can be known before a draw: whether the rules leave a crew for every target, and people enough for all.

These checks look at no seed, so that nobody can choose among draws by them. A target that passes may still find
everybody engaged on its day; that is `no_crew_left` of the draw itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from backend.inspections.rules.draw_lists import Lists, TargetLine
from backend.inspections.rules.drawing import Candidate, Crews, Impossible, is_enough
from backend.inspections.rules.randomness import Stream

NO_SEED = "0" * 64


def obstacles(lists: Lists) -> list[Impossible]:
    """Every rule that cannot be met, each with its targets; empty: the draw may be sealed.

    `count`: more targets asked for than there are. `members`, `officers`, `recusal`: no allowed team has, on any of the
    days, enough people with cards, enough officers among them, or enough of them without a conflict. `capacity`,
    `officer_capacity`: they could not make so many visits on these days, those with enforcement cards not so many of
    them; `room` says how many targets at most.
    """
    if lists.parameters.count > len(lists.targets):
        return [Impossible("count")]
    crews = Crews(lists, Stream(NO_SEED, "none"))
    found: dict[str, list[str]] = {}
    for target in lists.targets:
        rule = _obstacle(lists, crews, target)
        if rule:
            found.setdefault(rule, []).append(target.id)
    return [Impossible(rule, targets) for rule, targets in found.items()] or _capacity(lists, crews)


def _obstacle(lists: Lists, crews: Crews, target: TargetLine) -> str:
    rule = "members"
    for teams in _units(lists, target):
        for day in lists.parameters.days:
            able = [candidate for team in teams for candidate in crews.able(team, day)]
            if is_enough(crews.free(teams, target, day), target, lists.parameters):
                return ""
            rule = _further(rule, _missing(lists, able, target))
    return rule


ORDER = ("members", "officers", "recusal")
"""How far a team got: the rule named is the one that the best of them could not meet."""


def _further(one: str, other: str) -> str:
    return max(one, other, key=ORDER.index)


def _missing(lists: Lists, able: Sequence[Candidate], target: TargetLine) -> str:
    if len({each.line.id for each in able}) < lists.parameters.crew_min:
        return "members"
    officers = {each.line.id for each in able if each.officer}
    return "officers" if len(officers) < target.officers else "recusal"


def _units(lists: Lists, target: TargetLine) -> Iterator[list[str]]:
    teams = list(target.teams or lists.parameters.teams)
    if lists.parameters.mixed:
        yield teams
    else:
        yield from ([team] for team in teams)


@dataclass(frozen=True, slots=True)
class _Offer:
    """How many visits of one person these teams can make on all the days; `officers`: of those with their cards."""

    people: int
    officers: int


def _offer(lists: Lists, crews: Crews, teams: Iterable[str]) -> _Offer:
    given = lists.parameters
    able = {(each.line.id, day): each for team in teams for day in given.days for each in crews.able(team, day)}
    left = [(max(0, given.per_day - dict(each.line.busy).get(day, 0)), each.officer) for (_, day), each in able.items()]
    return _Offer(sum(visits for visits, _ in left), sum(visits for visits, officer in left if officer))


def _capacity(lists: Lists, crews: Crews) -> list[Impossible]:
    """Person-visits on offer against those that the smallest crews need: of each set of teams for the targets that only
    they may visit, as far as these are drawn for certain, and of all together."""
    given, bound = lists.parameters, defaultdict[tuple[str, ...], list[TargetLine]](list)
    if given.count == len(lists.targets):
        for target in lists.targets:
            bound[tuple(sorted(target.teams))].append(target)
    found = [
        fault for teams, rows in bound.items() if teams for fault in _short(lists, _offer(lists, crews, teams), rows)
    ]
    return found or _short(lists, _offer(lists, crews, given.teams), lists.targets)


def _short(lists: Lists, offer: _Offer, targets: Sequence[TargetLine]) -> list[Impossible]:
    """What `offer` is not enough for. Which targets would go without is up to the draw: all that compete are named."""
    count = min(lists.parameters.count, len(targets))
    needs = {
        "capacity": (offer.people, sorted(max(lists.parameters.crew_min, target.officers) for target in targets)),
        "officer_capacity": (offer.officers, sorted(target.officers for target in targets)),
    }
    names = [target.id for target in targets]
    rooms = {rule: _room(offered, wanted[:count]) for rule, (offered, wanted) in needs.items()}
    return [Impossible(rule, names, room=room) for rule, room in rooms.items() if room < count]


def _room(offered: int, needs: Sequence[int]) -> int:
    """To how many targets, the easiest first, so many visits of one person go."""
    return sum(used <= offered for used in accumulate(needs))

"""What can be known before a draw: whether the rules leave a crew for every target, and people enough for all.

These checks look at no seed, so that nobody can choose among draws by them. A target that passes may still find
everybody engaged on its day; that is `no_crew_left` of the draw itself.
"""

from collections.abc import Iterator, Sequence

from backend.inspections.rules.draw_lists import Lists, TargetLine
from backend.inspections.rules.drawing import Candidate, Crews, Impossible, is_enough
from backend.inspections.rules.randomness import Stream

NO_SEED = "0" * 64


def obstacles(lists: Lists) -> list[Impossible]:
    """Every rule that cannot be met, each with its targets; empty: the draw may be sealed.

    `count`: more targets asked for than there are. `members`, `officers`, `recusal`: no allowed team has, on any of the
    days, enough people with cards, enough officers among them, or enough of them without a conflict. `capacity`: all
    together could not make so many visits on these days.
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


def _capacity(lists: Lists, crews: Crews) -> list[Impossible]:
    """Person-visits on offer against those that the smallest crews need."""
    given = lists.parameters
    people = {
        (each.line.id, day): each.line for team in given.teams for day in given.days for each in crews.able(team, day)
    }
    offered = sum(max(0, given.per_day - dict(line.busy).get(day, 0)) for (_, day), line in people.items())
    return [Impossible("capacity")] if offered < given.count * given.crew_min else []

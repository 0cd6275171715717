"""What a draw is made from: its parameters and the two frozen libraries, equal to their JSON (docs/drawing.md).

Ids are pseudonyms of this one draw. Days are `YYYY-MM-DD` and compare as texts; a term without end ends on 9999-12-31.
"""

import hashlib
from typing import Annotated, Any, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-z_-]{1,40}$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Weight = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]

OPEN_END = "9999-12-31"

Term = tuple[Day, Day]
"""First and last day, both included."""


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many targets, how large crews, on which days.

    `per_day`: visits of one person on one day at most. `mixed`: a crew may come from several teams (joint checks).
    """

    count: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    crew_min: Annotated[int, msgspec.Meta(ge=1, le=9)]
    crew_max: Annotated[int, msgspec.Meta(ge=1, le=9)]
    per_day: Annotated[int, msgspec.Meta(ge=1, le=20)]
    mixed: bool
    days: Annotated[list[Day], msgspec.Meta(min_length=1, max_length=62)]
    teams: Annotated[list[Name], msgspec.Meta(min_length=1)]


class TargetLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A target that may be drawn. `parts` explain `weight` and add up to it; no `teams`: those of the parameters.

    `officers`: so many of its crew must hold an enforcement card.
    """

    id: Name
    kind: Literal["school", "institution"]
    weight: Weight
    parts: list[tuple[Name, Count]]
    officers: Annotated[int, msgspec.Meta(ge=0, le=9)]
    teams: list[Name] = []


class InspectorLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A membership of a team. `conflicts`: target, first and last day; `busy`: day and visits planned already."""

    id: Name
    team: Name
    leads: bool
    member: Term
    inspector_cards: list[Term]
    enforcement_cards: list[Term]
    conflicts: list[tuple[Name, Day, Day]]
    busy: list[tuple[Day, Count]]

    def may_inspect(self, day: str) -> bool:
        """Whether they are of the team on `day` and hold any card then."""
        return within(day, self.member) and any(
            within(day, term) for term in (*self.inspector_cards, *self.enforcement_cards)
        )

    def is_officer(self, day: str) -> bool:
        """Whether they hold an enforcement card on `day`."""
        return any(within(day, term) for term in self.enforcement_cards)


class Lists(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a draw is made from except chance."""

    parameters: Parameters
    targets: list[TargetLine]
    inspectors: list[InspectorLine]


class Drawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the result; `crew` in the order drawn, the leader among them, `team` the leader's."""

    position: Annotated[int, msgspec.Meta(ge=1)]
    target: Name
    day: Day
    team: Name
    leader: Name
    crew: list[Name]


def within(day: str, term: Term) -> bool:
    return term[0] <= day <= term[1]


def plain(value: Any) -> Any:
    """`value` as plain JSON data."""
    return msgspec.to_builtins(value)


def canonical(value: Any) -> bytes:
    """The bytes that hashes are taken of: JSON without spaces, members in the order of their names, UTF-8.

    Names here are ASCII and numbers whole, so that this is RFC 8785.
    """
    return msgspec.json.encode(value, order="sorted")


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()

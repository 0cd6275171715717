"""The library of inspectors of a draw as it stands: of which team, when, with which cards, kept away from where."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db.models import Count, Q

from backend.accounts.roles import PHONE_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.inspections.models import AssignmentState, CrewMember
from backend.inspections.rules.draw_lists import OPEN_END, InspectorLine, Term
from backend.inspections.selectors.staying_away import declared_on_tasks
from backend.registry.models import Certificate, CertificateKind, Membership, Team
from backend.registry.selectors import avoidance

Naming = Callable[[str, Any], str]
Ties = dict[int, list[tuple[str, str, str]]]


def inspector_lines(
    county_id: int, days: Sequence[dt.date], teams: Sequence[Team], targets: Collection[uuid.UUID], naming: Naming
) -> list[InspectorLine]:
    """One line per membership of these teams within these days, in the order of pseudonyms."""
    rows = _memberships(county_id, days, teams)
    ids = {row.user_id for row in rows}
    cards, ties, busy = avoidance.held(ids), _ties(ids, targets, naming), _busy(ids, days)
    lines = [
        InspectorLine(
            id=naming("people", row.user_id),
            team=naming("teams", row.team_id),
            leads=row.is_leader,
            member=_member(row),
            inspector_cards=_terms(cards[row.user_id], CertificateKind.INSPECTOR_CARD),
            enforcement_cards=_terms(cards[row.user_id], CertificateKind.ENFORCEMENT_CARD),
            conflicts=ties[row.user_id],
            busy=busy[row.user_id],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.id, line.team, line.member))


def _memberships(county_id: int, days: Sequence[dt.date], teams: Sequence[Team]) -> list[Membership]:
    first, after = clock.midnight(min(days)), clock.midnight(max(days) + dt.timedelta(days=1))
    rows = Membership.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=first), starts_at__lt=after)
    able = people.with_role(county_id, PHONE_ROLES)
    return [row for row in rows.filter(team__in=teams).order_by("pk") if row.user_id in able]


def _member(row: Membership) -> Term:
    """Whole days: whoever leaves a team in the course of a day is not sent out for it on that day."""
    until = clock.local_date(row.ends_at) - dt.timedelta(days=1) if row.ends_at else None
    return _term(clock.local_date(row.starts_at), until)


def _terms(cards: Iterable[Certificate], kind: str) -> list[Term]:
    return [_term(card.valid_from, card.valid_until) for card in cards if card.kind == kind]


def _term(first: dt.date, last: dt.date | None) -> Term:
    return first.isoformat(), last.isoformat() if last else OPEN_END


def _ties(ids: Collection[int], targets: Collection[uuid.UUID], naming: Naming) -> Ties:
    """Conflicts with the targets that may be drawn; with others they are nobody's business here."""
    out: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
    for row in avoidance.in_force(ids).filter(target__in=targets):
        out[row.user_id].add((naming("targets", row.target_id), *_term(row.starts_on, row.last_day)))
    for user_id, target, day in declared_on_tasks(ids, targets):
        out[user_id].add((naming("targets", target), *_term(day, None)))
    return {user_id: sorted(out[user_id]) for user_id in ids}


def _busy(ids: Collection[int], days: Sequence[dt.date]) -> dict[int, list[tuple[str, int]]]:
    """Visits planned already on these days, of whatever kind and track."""
    rows = CrewMember.objects.filter(user_id__in=ids, ended_at__isnull=True, assignment__scheduled_on__in=days)
    rows = rows.exclude(assignment__state=AssignmentState.CANCELLED)
    found: Counter[tuple[int, str]] = Counter()
    for user_id, day, visits in rows.values_list("user_id", "assignment__scheduled_on").annotate(n=Count("pk")):
        found[user_id, day.isoformat()] += visits
    out: dict[int, list[tuple[str, int]]] = {user_id: [] for user_id in ids}
    for (user_id, day), visits in sorted(found.items()):
        out[user_id].append((day, visits))
    return out

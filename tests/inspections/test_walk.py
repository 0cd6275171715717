"""The way from assignment to approval through the services."""

from typing import Any

import pytest

from backend.inspections.models import Evidence, Finding, VisitRound
from backend.inspections.services import reviews
from backend.journal import grants
from backend.journal.models import FeedRow
from tests.fixtures.visits import Fieldwork


def test_the_services_carry_a_visit_from_assignment_to_approval(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    leader = fieldwork.leader(visit.assignment)
    finding = fieldwork.finding(visit, leader)
    visit = fieldwork.approved(fieldwork.submitted(fieldwork.filled(visit)))
    finding.refresh_from_db()
    assert (visit.state, visit.round, visit.score, visit.counts_for_coverage) == ("approved", 1, 99, True)
    assert visit.assignment.state == "done"
    assert finding.state == "confirmed"
    verbs = list(visit.transitions.order_by("pk").values_list("verb", "before", "after"))
    assert verbs == [
        ("start", "released", "departed"),
        ("work", "departed", "in_progress"),
        ("check_in", "in_progress", "in_progress"),
        ("submit", "in_progress", "submitted"),
        ("approve", "submitted", "approved"),
    ]


def test_a_return_opens_a_new_round_and_leaves_the_hash_of_the_first(fieldwork: Fieldwork, office: Any) -> None:
    visit = fieldwork.submitted()
    first = visit.content_hash
    actor = fieldwork.cast.actor(office)
    visit = reviews.return_visit(actor=actor, visit_id=visit.pk, reason="照片不清")
    assert (visit.state, visit.round) == ("returned", 2)
    leader = fieldwork.leader(visit.assignment)
    fieldwork.finding(visit, leader)
    visit = fieldwork.submitted(visit)
    hashes = list(VisitRound.objects.filter(visit=visit).order_by("round").values_list("round", "content_hash"))
    assert hashes == [(1, first), (2, visit.content_hash)]
    assert first != visit.content_hash
    with pytest.raises(TypeError, match="never changed"):
        VisitRound.objects.get(visit=visit, round=1).save()


def test_the_feed_holds_the_whole_visit_in_one_scope_of_its_crew(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    scope = f"crew:{visit.assignment_id}"
    kinds = FeedRow.objects.filter(scope__name=scope, document__isnull=False).values_list("kind", flat=True)
    assert sorted(kinds) == ["assignment", "evidence", "evidence", "evidence", "finding", "visit"]
    crew = {user.pk for user in fieldwork.crew(visit.assignment)}
    assert crew < grants.readers(scope)
    assert Finding.objects.count() == 1
    assert Evidence.objects.count() == 3

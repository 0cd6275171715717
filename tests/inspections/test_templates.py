"""Checklist templates: published once, never changed, small enough for a phone."""

import pytest

from backend.accounts.models import County, User
from backend.core import codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections import catalogue
from backend.inspections.models import ChecklistTemplate, FindingLibrary
from backend.inspections.services import templates
from backend.journal.models import FeedRow
from backend.journal.writing import write
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def published(office_actor: Actor) -> list[ChecklistTemplate]:
    return templates.publish_catalogue(actor=office_actor)


def stored(row: ChecklistTemplate) -> ChecklistTemplate:
    return ChecklistTemplate.objects.get(pk=row.pk)


def test_the_catalogue_is_published_whole_and_once(office_actor: Actor, published: list[ChecklistTemplate]) -> None:
    assert [row.code for row in published] == [template.code for template in catalogue.load_catalogue()]
    assert {row.status for row in published} == {"published"}
    assert templates.publish_catalogue(actor=office_actor) == []
    assert ChecklistTemplate.objects.count() == len(published)


def test_what_was_stored_reads_as_what_was_shipped(published: list[ChecklistTemplate]) -> None:
    for row, template in zip(published, catalogue.load_catalogue(), strict=True):
        assert stored(row).parsed == template
        assert row.content_hash == catalogue.content_hash(template)


def test_every_document_is_below_64_kilobytes(published: list[ChecklistTemplate]) -> None:
    for row in published:
        for document in (row, FindingLibrary(row)):
            assert len(codec.dumps(document.journal_document())) < 64 * 1024


def test_the_library_names_text_grade_days_and_basis_of_what_can_fail(published: list[ChecklistTemplate]) -> None:
    library = FindingLibrary(next(row for row in published if row.code == "TY")).journal_document()
    assert [item["item"] for item in library["items"]] == ["TY-02", "TY-03", "TY-04", "TY-08"]
    last = library["items"][-1]
    assert (last["severity"], last["days"]) == ("veto", 1)
    assert {"document", "name", "article"} == set(last["basis"][0])


def test_a_published_version_is_never_changed(office_actor: Actor, published: list[ChecklistTemplate]) -> None:
    row = published[0]
    for change in (
        lambda: templates.edit(actor=office_actor, template_id=row.pk, content=row.content),
        lambda: templates.publish(actor=office_actor, template_id=row.pk),
    ):
        with pytest.raises(Conflict, match="published"):
            change()
    assert stored(row).content_hash == row.content_hash


def test_a_new_version_is_drafted_edited_published_and_retires_the_one_before(
    office_actor: Actor, published: list[ChecklistTemplate]
) -> None:
    before = published[0]
    draft = templates.draft(actor=office_actor, code="TY")
    assert (draft.version, draft.status) == (2, "draft")
    assert not FeedRow.objects.filter(object_id=str(draft.pk)).exists()
    with pytest.raises(Conflict, match="draft_exists"):
        templates.draft(actor=office_actor, code="TY")
    content = {**draft.content, "items": draft.content["items"][:-1], "version": 77}
    edited = templates.edit(actor=office_actor, template_id=draft.pk, content=content)
    assert (edited.version, len(edited.parsed.items)) == (2, len(before.parsed.items) - 1)
    templates.publish(actor=office_actor, template_id=draft.pk)
    assert (stored(before).status, stored(draft).status) == ("retired", "published")
    libraries = FeedRow.objects.filter(kind="finding_library", object_id__in=[str(before.pk), str(draft.pk)])
    assert [row.object_id for row in libraries.exclude(document=None)] == [str(draft.pk)]


def test_a_contradictory_draft_is_refused_with_the_reason(
    office_actor: Actor, published: list[ChecklistTemplate]
) -> None:
    draft = templates.draft(actor=office_actor, code="TY")
    broken = {**draft.content, "items": [*draft.content["items"], draft.content["items"][0]]}
    for content in (broken, {}, {**draft.content, "unknown": 1}):
        with pytest.raises(Invalid) as refused:
            templates.edit(actor=office_actor, template_id=draft.pk, content=content)
        assert (refused.value.code, refused.value.extra["path"]) == ("bad_template", "content")
    assert stored(draft).content_hash == draft.content_hash
    assert stored(draft).parsed == draft.parsed


def test_a_shipped_version_that_differs_from_the_published_one_is_refused(
    office_actor: Actor, published: list[ChecklistTemplate]
) -> None:
    with write(actor=office_actor):
        ChecklistTemplate.objects.filter(pk=published[0].pk).update(content_hash="0" * 64)
    with pytest.raises(Conflict, match="template_changed"):
        templates.publish_catalogue(actor=office_actor)
    assert ChecklistTemplate.objects.count() == len(published)


def test_only_the_office_of_the_own_county_makes_templates(
    cast: Cast, inspector: User, other_county: County, office_actor: Actor, published: list[ChecklistTemplate]
) -> None:
    with pytest.raises(Forbidden):
        templates.publish_catalogue(actor=cast.actor(inspector))
    foreign = cast.actor(cast.person("office", county=other_county))
    with pytest.raises(NotFound):
        templates.draft(actor=foreign, code="TY")
    with pytest.raises(NotFound):
        templates.publish(actor=foreign, template_id=published[0].pk)


def test_a_visit_stays_with_the_version_it_began_with(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit = fieldwork.filled()
    draft = templates.draft(actor=office_actor, code="TY")
    content = {**draft.content, "items": draft.content["items"][:1]}
    templates.edit(actor=office_actor, template_id=draft.pk, content=content)
    templates.publish(actor=office_actor, template_id=draft.pk)
    assert visit.templates == [["TY", 1]]
    assert fieldwork.submitted(visit).state == "submitted"
    assert fieldwork.planned().templates == [["TY", 2]]

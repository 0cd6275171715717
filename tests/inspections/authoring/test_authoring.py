"""The life of a checklist: drafted, previewed, published, compared, retired; to files and from them; never changed."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.catalogue.sheet_form import write_xlsx
from backend.inspections.catalogue.yaml_form import write_yaml
from backend.inspections.models import ChecklistTemplate
from backend.inspections.services import answers, submissions, template_files, templates
from backend.inspections.services.answers import NewAnswer
from backend.journal.models import AuditLine, FeedRow
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.inspections.authoring.checklists import CHECKLIST, ITEMS, checklist, item

API = "/api/v1/templates"
YAML = "application/yaml"


@pytest.fixture
def published(office_actor: Actor) -> ChecklistTemplate:
    row = templates.create(actor=office_actor, content=CHECKLIST)
    return templates.publish(actor=office_actor, template_id=row.pk)


def stored(row: ChecklistTemplate) -> ChecklistTemplate:
    return ChecklistTemplate.objects.get(pk=row.pk)


def documents(row: ChecklistTemplate) -> dict[str, bool]:
    """Kind -> whether phones have a document of it."""
    rows = FeedRow.objects.filter(object_id=str(row.pk))
    return {one.kind: one.document is not None for one in rows}


def test_the_life_of_a_checklist(office_actor: Actor, published: ChecklistTemplate) -> None:
    assert (published.version, published.status, documents(published)) == (
        1,
        "published",
        {"template": True, "finding_library": True},
    )
    draft = templates.draft(actor=office_actor, code="XT")
    assert (draft.version, draft.status, documents(draft)) == (2, "draft", {})
    content = {**draft.content, "items": [{**ITEMS[0], "text": "新问法？"}, *ITEMS[1:]]}
    templates.edit(actor=office_actor, template_id=draft.pk, content=content)
    templates.publish(actor=office_actor, template_id=draft.pk)
    assert [stored(row).status for row in (published, draft)] == ["retired", "published"]
    templates.retire(actor=office_actor, template_id=draft.pk)
    assert stored(draft).status == "retired"
    assert documents(draft) == {"template": True, "finding_library": False}
    verbs = AuditLine.objects.filter(object_id=str(draft.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["template.drafted", "template.edited", "template.published", "template.retired"]


def test_what_is_published_or_retired_is_never_changed(office_actor: Actor, published: ChecklistTemplate) -> None:
    def refused() -> None:
        before = (stored(published).content, stored(published).content_hash)
        for change in (
            lambda: templates.edit(actor=office_actor, template_id=published.pk, content=CHECKLIST),
            lambda: templates.discard(actor=office_actor, template_id=published.pk),
            lambda: templates.publish(actor=office_actor, template_id=published.pk),
        ):
            with pytest.raises(Conflict, match="published"):
                change()
        with pytest.raises(TypeError, match="never changed"):
            templates._fill(stored(published), checklist(name="别的"))
        assert (stored(published).content, stored(published).content_hash) == before

    refused()
    changed = checklist(items=ITEMS[:3])
    template_files.import_file(actor=office_actor, data=write_yaml(changed))
    assert stored(published).parsed == checklist()
    templates.retire(actor=office_actor, template_id=published.pk)
    refused()


def test_drafts_are_thrown_away_and_codes_are_taken_once(office_actor: Actor, published: ChecklistTemplate) -> None:
    with pytest.raises(Conflict, match="code_taken"):
        templates.create(actor=office_actor, content=CHECKLIST)
    draft = templates.draft(actor=office_actor, code="XT")
    with pytest.raises(Conflict, match="draft_exists"):
        templates.draft(actor=office_actor, code="XT")
    with pytest.raises(Conflict, match="not_published"):
        templates.retire(actor=office_actor, template_id=draft.pk)
    templates.discard(actor=office_actor, template_id=draft.pk)
    assert [row.pk for row in ChecklistTemplate.objects.all()] == [published.pk]
    assert templates.draft(actor=office_actor, code="XT").version == 2


def test_the_page_of_every_visit_is_not_retired(office_actor: Actor) -> None:
    rows = [{**item(1, "yes_no"), "code": "TY-01"}]
    row = templates.create(actor=office_actor, content={**CHECKLIST, "code": "TY", "items": rows})
    templates.publish(actor=office_actor, template_id=row.pk)
    with pytest.raises(Conflict, match="general_page"):
        templates.retire(actor=office_actor, template_id=row.pk)


def test_policies_are_picked_from_the_library_by_their_code(office_actor: Actor) -> None:
    content = {**CHECKLIST, "items": [{**ITEMS[0], "basis": [{"document": "XZCF", "article": "第四十二条"}]}]}
    del content["policies"]
    row = templates.create(actor=office_actor, content=content)
    assert [policy.code for policy in row.parsed.policies] == ["XZCF"]
    unknown = {**content, "items": [{**ITEMS[0], "basis": [{"document": "NOPE"}]}]}
    with pytest.raises(Invalid) as refused:
        templates.edit(actor=office_actor, template_id=row.pk, content=unknown)
    (fault,) = refused.value.extra["faults"]
    assert fault == {
        "row": 1,
        "item": "XT-01",
        "field": "basis",
        "code": "unknown_policy",
        "message": "政策库中没有编码为“NOPE”的文件。",
    }


def test_a_county_s_own_documents_are_in_its_library(office_client: Client, published: ChecklistTemplate) -> None:
    found = office_client.get("/api/v1/policies?q=关于减负 意见").json()["items"]
    assert [(one["code"], one["number"], one["citable"]) for one in found] == [("SJ", "中办发〔2021〕40号", True)]
    assert len(office_client.get("/api/v1/policies").json()["items"]) == 56


@pytest.mark.parametrize("write", [write_yaml, write_xlsx])
def test_export_and_import_give_the_same_content_hash(
    cast: Cast, office_actor: Actor, published: ChecklistTemplate, other_county: County, write: Any
) -> None:
    data = write(published.parsed)
    there = system(other_county.pk)
    first = template_files.import_file(actor=there, data=data)
    assert (first.outcome, first.row.content_hash if first.row else "") == ("created", published.content_hash)
    again = template_files.import_file(actor=there, data=data)
    here = template_files.import_file(actor=office_actor, data=data)
    assert (again.outcome, here.outcome, here.row) == ("unchanged", "unchanged", published)
    assert ChecklistTemplate.objects.count() == 2


def test_an_import_becomes_a_draft_and_replaces_a_draft(office_actor: Actor, published: ChecklistTemplate) -> None:
    data = write_yaml(checklist(name="新名", version=7))
    dry = template_files.import_file(actor=office_actor, data=data, dry_run=True)
    assert (dry.outcome, dry.template.version if dry.template else 0) == ("created", 7)
    assert ChecklistTemplate.objects.count() == 1
    first = template_files.import_file(actor=office_actor, data=data)
    assert [one.sentence for one in first.changes] == ["修改清单的名称：由“=专项（试）”改为“新名”"]
    second = template_files.import_file(actor=office_actor, data=write_yaml(checklist(name="更新的名", version=3)))
    assert (first.outcome, second.outcome) == ("created", "updated")
    rows = ChecklistTemplate.objects.order_by("version").values_list("version", "name", "status")
    assert list(rows) == [(1, "=专项（试）", "published"), (7, "更新的名", "draft")]


def test_a_template_too_large_for_phones_is_refused(office_actor: Actor) -> None:
    rows = [item(number, "yes_no", text="长" * 1900) for number in range(1, 30)]
    report = template_files.import_file(actor=office_actor, data=write_yaml(checklist(items=rows)))
    assert (report.outcome, report.faults[0].fault.code) == ("refused", "too_large")
    with pytest.raises(Invalid, match="too_large"):
        templates.create(actor=office_actor, content={**CHECKLIST, "items": rows})
    assert not ChecklistTemplate.objects.exists()


def test_a_file_with_faults_changes_nothing_and_names_them_all(office_client: Client) -> None:
    broken = write_yaml(checklist()).replace(b"severity: moderate", b"severity: heavy").replace("方式".encode(), b"")
    dry = office_client.generic("POST", f"{API}/import?dry_run=true", broken, content_type=YAML)  # type: ignore[arg-type]
    real = office_client.generic("POST", f"{API}/import", broken, content_type=YAML)  # type: ignore[arg-type]
    assert (dry.status_code, real.status_code, real.json()["code"]) == (200, 422, "import_refused")
    assert dry.json()["outcome"] == "refused"
    faults = real.json()["faults"]
    assert [(one["item"], one["field"], one["code"]) for one in faults] == [
        (f"XT-0{number}", "severity", "bad_choice") for number in (1, 2, 3, 4)
    ]
    lines = broken.decode().splitlines()
    assert {lines[int(one["place"][1:-1]) - 1].strip() for one in faults} == {"severity: heavy"}
    assert not ChecklistTemplate.objects.exists()


def test_files_go_out_and_come_in_over_the_api(office_client: Client, published: ChecklistTemplate) -> None:
    for ending in ("yaml", "xlsx"):
        file = office_client.get(f"{API}/{published.pk}/{ending}")
        assert file.headers["Content-Disposition"] == f'attachment; filename="XT-v1.{ending}"'
        told = office_client.generic(
            "POST",
            f"{API}/import",
            file.content,
            content_type=file.headers["Content-Type"],
        )
        assert (told.status_code, told.json()["outcome"]) == (200, "unchanged")
        assert told.json()["template"]["content_hash"] == published.content_hash


def test_changes_and_preview_over_the_api(
    office_client: Client,
    office_actor: Actor,
    published: ChecklistTemplate,
    places: Places,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    assert office_client.get(f"{API}/{published.pk}/changes").json()["against"] is None
    begun = office_client.post_json(f"{API}/drafts", {"code": "XT"})
    draft = begun.json()["id"]
    templates.edit(actor=office_actor, template_id=draft, content={**CHECKLIST, "items": ITEMS[:-1]})
    with django_assert_max_num_queries(6):
        told = office_client.get(f"{API}/{draft}/changes").json()
    assert (told["of"]["version"], told["against"]["version"]) == (2, 1)
    assert [(one["kind"], one["item"], one["sentence"]) for one in told["changes"]] == [
        ("removed", "XT-08", "删除条目XT-08：第8项怎么样？")
    ]
    school = places.school()
    with django_assert_max_num_queries(6):
        shown = office_client.post_json(f"{API}/{draft}/preview", {"target": str(school.pk)}).json()
    hidden = {one["code"]: one["hidden_by"] for one in shown["items"] if not one["shown"]}
    assert (shown["type"], shown["shown"], hidden) == (
        "primary",
        4,
        {"XT-03": "condition", "XT-05": "condition", "XT-07": "grades"},
    )
    assumed = {"type": "junior", "grades": [7], "answers": {"XT-01": {"value": "no"}, "XT-01#" + "9" * 9: {}}}
    more = office_client.post_json(f"{API}/{draft}/preview", assumed).json()
    assert {one["code"]: one["numbers"] for one in more["items"] if one["shown"]} == {
        "XT-01": [],
        "XT-02": [7],
        "XT-03": [],
        "XT-04": [],
        "XT-06": [],
        "XT-07": [],
    }
    for body in ({}, {"target": str(school.pk), "type": "junior"}, {"type": "junior", "answers": {"a": 1}}):
        assert office_client.post_json(f"{API}/{draft}/preview", body).status_code == 400


def test_only_the_office_of_the_own_county_makes_and_compares(
    cast: Cast, published: ChecklistTemplate, other_county: County
) -> None:
    leader = cast.client(cast.person(Role.TEAM_LEADER))
    stranger = cast.client(cast.person(Role.OFFICE, county=other_county))
    for path, call in (("changes", "get"), ("yaml", "get"), ("xlsx", "get"), ("preview", "post_json"),
                       ("retire", "post_json"), ("discard", "post_json")):  # fmt: skip
        body = ({"type": "primary"},) if path == "preview" else ()
        assert getattr(leader, call)(f"{API}/{published.pk}/{path}", *body).status_code == 403
        assert getattr(stranger, call)(f"{API}/{published.pk}/{path}", *body).status_code == 404
    with pytest.raises(Forbidden):
        template_files.import_file(actor=cast.actor(leader.user), data=b"")
    with pytest.raises(NotFound):
        templates.retire(actor=cast.actor(stranger.user), template_id=published.pk)


def test_a_visit_waits_for_the_evidence_its_checklist_insists_on(fieldwork: Fieldwork) -> None:
    """At the answer itself, or at the finding on it; what a condition hides is not asked for."""
    county = system(fieldwork.county().pk)
    rows = [{**one, "targets": ["primary"]} for one in (ITEMS[0], ITEMS[2])]
    row = templates.create(actor=county, content={**CHECKLIST, "targets": ["primary"], "items": rows})
    templates.publish(actor=county, template_id=row.pk)
    visit = fieldwork.filled(templates=("TY", "XT"))
    leader = fieldwork.leader(visit.assignment)

    def missing() -> list[tuple[str, str]]:
        with pytest.raises(Conflict) as refused:
            submissions.submit(actor=leader, visit_id=visit.pk)
        return [(gap["key"], gap["code"]) for gap in refused.value.extra["missing"]]

    assert missing() == [("XT-01", "unanswered")]
    given = {"XT-01": NewAnswer("no")}
    answers.set_answers(actor=leader, visit_id=visit.pk, answers=given)
    assert missing() == [("XT-03", "unanswered")]
    answers.set_answers(actor=leader, visit_id=visit.pk, answers={"XT-03": NewAnswer("no")})
    assert missing() == [("XT-03", "no_proof")]
    finding = fieldwork.finding(visit, leader, "XT-03")
    fieldwork.evidence(visit, leader, answer_key="XT-03")
    fieldwork.evidence(visit, leader, finding=finding.pk)
    assert submissions.submit(actor=leader, visit_id=visit.pk).state == "submitted"

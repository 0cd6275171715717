from django.urls import path, register_converter

from backend.desk.views import checking, phone, signing_in, start, unit, unit_messages
from backend.desk.views.staff import (
    assignments,
    audit,
    checklists,
    comparisons,
    coverage,
    draws,
    escalations,
    evidence,
    figures,
    files,
    held,
    home,
    instructions,
    lead,
    ledger,
    messages,
    notice,
    notices,
    organisation,
    people,
    plan_coverage,
    plans,
    registry_files,
    team,
    team_tracks,
    today,
    units,
    vetoes,
    visits,
)


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class SheetConverter(Sha256Converter):
    """Kinds of files that tables leave in."""

    regex = "csv|xlsx"


register_converter(Sha256Converter, "sha256")
register_converter(SheetConverter, "sheet")

urlpatterns = [
    path("", start.start, name="start"),
    path("signin", signing_in.sign_in, name="sign_in"),
    path("signout", signing_in.sign_out, name="sign_out"),
    path("password", signing_in.password, name="password"),
    path("p/", checking.ask, name="check_form"),
    path("p/<str:code>", checking.check, name="check"),
    path("m/", phone.app, name="phone"),
    path("m/sw.js", phone.worker, name="phone_worker"),
    path("unit/", unit.notice_list, name="unit_notices"),
    path("unit/inbox", unit.messages, name="unit_inbox"),
    path("unit/inbox/wishes", unit_messages.wishes, name="unit_wishes"),
    path("unit/inbox/<uuid:entry_id>/acknowledge", unit_messages.acknowledge, name="unit_acknowledge_message"),
    path("unit/ticket", unit.ticket, name="unit_ticket"),
    path("unit/files/<sha256:sha256>", unit.file, name="unit_file"),
    path("unit/notices/<uuid:notice_id>", unit.notice, name="unit_notice"),
    path("unit/notices/<uuid:notice_id>/acknowledge", unit.acknowledge, name="unit_acknowledge"),
    path("unit/notices/<uuid:notice_id>/defence", unit.defend, name="unit_defence"),
    path("unit/notices/<uuid:notice_id>/extension", unit.extend, name="unit_extension"),
    path("unit/notices/<uuid:notice_id>/items/<uuid:item_id>/report", unit.report, name="unit_report"),
    path("unit/notices/<uuid:notice_id>/items/<uuid:item_id>/evidence", unit.attach, name="unit_attach"),
    path("unit/notices/<uuid:notice_id>/items/<uuid:item_id>/declare", unit.declare, name="unit_declare"),
    path("desk/", home.home, name="desk_home"),
    path("desk/ticket", unit.ticket, name="desk_ticket"),
    path("desk/files/<sha256:sha256>", files.file, name="desk_file"),
    *plans.PlanList.urls("desk/plans", "desk_plans"),
    *plans.PlanPage.urls("desk/plans/<uuid:plan_id>", "desk_plan"),
    *plan_coverage.PlanCoveragePage.urls("desk/plans/<uuid:plan_id>/coverage", "desk_plan_coverage"),
    *plan_coverage.BurdenList.urls("desk/burden", "desk_burden"),
    path("desk/today/pulse", today.pulse, name="desk_pulse"),
    *today.Today.urls("desk/today", "desk_today"),
    *draws.DrawList.urls("desk/draws", "desk_draws"),
    *draws.DrawPage.urls("desk/draws/<uuid:draw_id>", "desk_draw"),
    *draws.DrawCheckPage.urls("desk/draws/<uuid:draw_id>/check", "desk_draw_check"),
    path("desk/draws/<uuid:draw_id>/record", draws.record, name="desk_draw_record"),
    *assignments.AssignmentList.urls("desk/assignments", "desk_assignments"),
    *assignments.AssignmentPage.urls("desk/assignments/<uuid:assignment_id>", "desk_assignment"),
    *visits.VisitList.urls("desk/visits", "desk_visits"),
    *visits.VisitPage.urls("desk/visits/<uuid:visit_id>", "desk_visit"),
    *comparisons.ComparisonPage.urls("desk/visits/<uuid:visit_id>/comparison", "desk_comparison"),
    *evidence.EvidenceList.urls("desk/evidence", "desk_evidence"),
    *held.HeldList.urls("desk/held", "desk_held"),
    *held.HeldPage.urls("desk/held/<uuid:op_id>", "desk_held_one"),
    *held.PhoneList.urls("desk/phones", "desk_phones"),
    *checklists.ChecklistList.urls("desk/checklists", "desk_checklists"),
    *checklists.ChecklistPage.urls("desk/checklists/<uuid:template_id>", "desk_checklist"),
    path("desk/checklists/<uuid:template_id>/file.<str:form>", checklists.file, name="desk_checklist_file"),
    *notices.NoticeList.urls("desk/notices", "desk_notices"),
    *notices.CandidateList.urls("desk/notices/candidates", "desk_candidates"),
    *notices.CandidatePage.urls("desk/notices/candidates/<uuid:visit_id>", "desk_candidate"),
    *notice.NoticePage.urls("desk/notices/<uuid:notice_id>", "desk_notice"),
    *escalations.PaperList.urls("desk/escalations", "desk_escalations"),
    *escalations.PaperPage.urls("desk/escalations/<uuid:paper_id>", "desk_escalation"),
    path("desk/escalations/<uuid:paper_id>/proof", escalations.proof, name="desk_escalation_proof"),
    *ledger.LedgerPage.urls("desk/ledger", "desk_ledger"),
    path("desk/ledger.<sheet:kind>", ledger.file, name="desk_ledger_file"),
    *messages.InboxPage.urls("desk/inbox", "desk_inbox"),
    *messages.WishesPage.urls("desk/inbox/wishes", "desk_wishes"),
    *audit.AuditPage.urls("desk/audit", "desk_audit"),
    *audit.AuditObjectPage.urls("desk/audit/<slug:kind>/<str:object_id>", "desk_audit_object"),
    *lead.LeadPage.urls("desk/lead", "desk_lead"),
    *coverage.CoveragePage.urls("desk/coverage", "desk_coverage"),
    *figures.FigurePage.urls("desk/bulletins/<uuid:bulletin_id>/figures/<str:key>", "desk_figure"),
    *vetoes.VetoList.urls("desk/vetoes", "desk_vetoes"),
    *vetoes.VetoPage.urls("desk/vetoes/<uuid:finding_id>", "desk_veto"),
    *instructions.InstructionList.urls("desk/instructions", "desk_instructions"),
    *instructions.InstructionPage.urls("desk/instructions/<slug:kind>/<uuid:id>", "desk_instruction"),
    *team.TeamPage.urls("desk/team", "desk_team"),
    *team.TaskPage.urls("desk/team/tasks/<uuid:assignment_id>", "desk_team_task"),
    *team.TeamCandidatePage.urls("desk/team/candidates/<uuid:visit_id>", "desk_team_candidate"),
    *team_tracks.TracksPage.urls("desk/team/tracks", "desk_team_tracks"),
    *units.UnitList.urls("desk/units", "desk_units"),
    *units.UnitPage.urls("desk/units/<uuid:target_id>", "desk_unit"),
    *units.UnitEditPage.urls("desk/units/<uuid:target_id>/edit", "desk_unit_edit"),
    *registry_files.ImportPage.urls("desk/registry", "desk_import"),
    path("desk/registry/faults.csv", registry_files.faults, name="desk_import_faults"),
    path("desk/registry/<slug:table>.<sheet:kind>", registry_files.listed, name="desk_registry_file"),
    *organisation.TeamList.urls("desk/registry/teams", "desk_registry_teams"),
    *organisation.TeamPage.urls("desk/registry/teams/<uuid:team_id>", "desk_registry_team"),
    *organisation.PlaceList.urls("desk/registry/places/<slug:kind>", "desk_places"),
    *organisation.PlacePage.urls("desk/registry/places/<slug:kind>/<uuid:place_id>", "desk_place"),
    *people.PersonList.urls("desk/people", "desk_people"),
    *people.PersonPage.urls("desk/people/<int:user_id>", "desk_person"),
]

from django.urls import path, register_converter

from backend.desk.views import checking, phone, signing_in, start, unit, unit_messages
from backend.desk.views.staff import escalations, files, home, notice, notices, plans


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256Converter, "sha256")

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
    *notices.NoticeList.urls("desk/notices", "desk_notices"),
    *notices.CandidateList.urls("desk/notices/candidates", "desk_candidates"),
    *notices.CandidatePage.urls("desk/notices/candidates/<uuid:visit_id>", "desk_candidate"),
    *notice.NoticePage.urls("desk/notices/<uuid:notice_id>", "desk_notice"),
    *escalations.PaperList.urls("desk/escalations", "desk_escalations"),
    *escalations.PaperPage.urls("desk/escalations/<uuid:paper_id>", "desk_escalation"),
    path("desk/escalations/<uuid:paper_id>/proof", escalations.proof, name="desk_escalation_proof"),
]

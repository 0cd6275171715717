from django.urls import path

from backend.notices.api import inbox, ledger, office, unit

urlpatterns = [
    path("inbox", inbox.InboxView.as_view()),
    path("inbox/read", inbox.InboxReadView.as_view()),
    path("notices", office.NoticesView.as_view()),
    path("notices/ledger", ledger.LedgerView.as_view()),
    path("notices/ledger/file", ledger.LedgerFileView.as_view()),
    path("notices/<uuid:notice_id>", office.NoticeView.as_view()),
    path("notices/<uuid:notice_id>/review", office.NoticeReviewView.as_view()),
    path("notices/<uuid:notice_id>/revise", office.NoticeReviseView.as_view()),
    path("notices/<uuid:notice_id>/issue", office.NoticeIssueView.as_view()),
    path("notices/<uuid:notice_id>/deliver", office.NoticeDeliverView.as_view()),
    path("notices/<uuid:notice_id>/decide", office.NoticeDecideView.as_view()),
    path("notices/<uuid:notice_id>/close", office.NoticeCloseView.as_view()),
    path("notices/<uuid:notice_id>/reopen", office.NoticeReopenView.as_view()),
    path("notices/<uuid:notice_id>/withdraw", office.NoticeWithdrawView.as_view()),
    path("notices/<uuid:notice_id>/defence", office.NoticeDefenceView.as_view()),
    path("notices/<uuid:notice_id>/extension", office.NoticeExtensionView.as_view()),
    path("notice-signers/<int:user_id>", office.SignerView.as_view()),
    path("unit/notices", unit.UnitNoticesView.as_view()),
    path("unit/notices/<uuid:notice_id>", unit.UnitNoticeView.as_view()),
    path("unit/notices/<uuid:notice_id>/acknowledge", unit.UnitAcknowledgeView.as_view()),
    path("unit/notices/<uuid:notice_id>/defence", unit.UnitDefenceView.as_view()),
    path("unit/notices/<uuid:notice_id>/extension", unit.UnitExtensionView.as_view()),
    path("unit/notices/<uuid:notice_id>/report", unit.UnitReportView.as_view()),
    path("unit/notices/<uuid:notice_id>/evidence", unit.UnitEvidenceView.as_view()),
]

"""The office's and leadership's side of notices."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.permissions import OfficeOnly, WithRole, actor_of
from backend.accounts.roles import Role
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING
from backend.notices.api import answers
from backend.notices.api import serializers as s
from backend.notices.api.doors import DraftingView, StepView
from backend.notices.selectors import notices
from backend.notices.services import drafts, issuing, reviewing, signing
from backend.notices.services.reviewing import Verdict


class Overseers(WithRole):
    """The office and leadership."""

    roles = frozenset({Role.OFFICE, Role.LEADERSHIP})


class LeadershipOnly(WithRole):
    roles = frozenset({Role.LEADERSHIP})


def answer(request: Request, notice_id: uuid.UUID, status: int = 200) -> Response:
    return Response(answers.for_office(notices.get(actor_of(request), notice_id)), status=status)


class NoticesView(DraftingView):
    """The county's notices, newest first."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="notices_list", parameters=[*PAGING, s.NoticesQuery], responses=s.NOTICE_PAGE)
    def get(self, request: Request) -> Response:
        rows = notices.filtered(notices.scoped(actor_of(request)), **read_query(s.NoticesQuery, request))
        return Response(page_by_keys(rows, request.query_params, notices.listed).answer(answers.row))

    @extend_schema(operation_id="notices_draft", request=s.DraftIn, responses={201: s.NoticeOut})
    def post(self, request: Request) -> Response:
        data = read(s.DraftIn, request)
        notice = drafts.draft_from_visit(actor=actor_of(request), visit_id=data["visit"], finding_ids=data["findings"])
        return answer(request, notice.pk, 201)


class NoticeView(StepView):
    """One notice with its findings, reports, steps and receipts."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="notices_get", responses=s.NoticeOut)
    def get(self, request: Request, notice_id: uuid.UUID) -> Response:
        return answer(request, notice_id)

    @extend_schema(operation_id="notices_amend", request=s.AmendIn, responses=s.NoticeOut)
    def patch(self, request: Request, notice_id: uuid.UUID) -> Response:
        drafts.amend(actor=actor_of(request), notice_id=notice_id, **read(s.AmendIn, request))
        return answer(request, notice_id)


class NoticeReviewView(StepView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_review", request=s.NoteIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        drafts.review(actor=actor_of(request), notice_id=notice_id, **read(s.NoteIn, request))
        return answer(request, notice_id)


class NoticeReviseView(StepView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_revise", request=s.ReasonIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        drafts.revise(actor=actor_of(request), notice_id=notice_id, **read(s.ReasonIn, request))
        return answer(request, notice_id)


class NoticeIssueView(StepView):
    """Sign off: number, paper, service on the unit."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="notices_issue", request=None, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        issuing.issue(actor=actor_of(request), notice_id=notice_id)
        return answer(request, notice_id)


class NoticeDeliverView(StepView):
    """Record service by hand or post."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_deliver", request=s.DeliverIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        issuing.deliver(actor=actor_of(request), notice_id=notice_id, **read(s.DeliverIn, request))
        return answer(request, notice_id)


class NoticeDecideView(StepView):
    """Judge what the unit reported."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_decide", request=s.DecideIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        verdicts = [Verdict(**each) for each in read(s.DecideIn, request)["verdicts"]]
        reviewing.decide(actor=actor_of(request), notice_id=notice_id, verdicts=verdicts)
        return answer(request, notice_id)


class NoticeCloseView(StepView):
    """销号."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_close", request=s.NoteIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        reviewing.close(actor=actor_of(request), notice_id=notice_id, **read(s.NoteIn, request))
        return answer(request, notice_id)


class NoticeReopenView(StepView):
    """A relapse."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_reopen", request=s.NoticeReopenIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        data = read(s.NoticeReopenIn, request)
        reviewing.reopen(actor=actor_of(request), notice_id=notice_id, item_ids=data["items"], reason=data["reason"])
        return answer(request, notice_id)


class NoticeWithdrawView(StepView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_withdraw", request=s.ReasonIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        drafts.withdraw(actor=actor_of(request), notice_id=notice_id, **read(s.ReasonIn, request))
        return answer(request, notice_id)


class NoticeDefenceView(StepView):
    """Answer the unit's defence."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_answer_defence", request=s.DefenceAnswerIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        reviewing.answer_defence(actor=actor_of(request), notice_id=notice_id, **read(s.DefenceAnswerIn, request))
        return answer(request, notice_id)


class NoticeExtensionView(StepView):
    """Answer the unit's wish for more time."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_answer_extension", request=s.ExtensionAnswerIn, responses=s.NoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        reviewing.answer_extension(actor=actor_of(request), notice_id=notice_id, **read(s.ExtensionAnswerIn, request))
        return answer(request, notice_id)


class SignerView(StepView):
    """Who of the office may sign notices."""

    permission_classes = (LeadershipOnly,)

    def tried(self, request: Request) -> str:
        return "allow_signing"

    @extend_schema(operation_id="notices_allow_signing", request=s.SignerIn, responses=s.SignerOut)
    def put(self, request: Request, user_id: int) -> Response:
        allowed = read(s.SignerIn, request)["allowed"]
        signing.allow_signing(actor=actor_of(request), user_id=user_id, allowed=allowed)
        return Response({"user": user_id, "allowed": allowed})

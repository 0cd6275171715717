"""Plans of the month and campaigns: for the office and leadership only."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.pages import page, page_of
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import coverage_serializers as c
from backend.inspections.api import plan_serializers as s
from backend.inspections.api.permissions import Overseers
from backend.inspections.selectors import coverage, gaps
from backend.inspections.selectors import plans as selectors
from backend.inspections.services import plan_steps, plans


class PlansView(APIView):
    """The county's plans, newest first."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_list", parameters=[*PAGING, s.PlansQuery], responses=paged(s.PlanRow))
    def get(self, request: Request) -> Response:
        rows = selectors.matching(actor_of(request), **read_query(s.PlansQuery, request))
        return Response(page(rows, request.query_params).answer(s.row))

    @extend_schema(operation_id="plans_create", request=s.PlanIn, responses={201: s.PlanOut})
    def post(self, request: Request) -> Response:
        """Draft a plan; what is not said is as usual for the month. Office only."""
        plan = plans.create(actor=actor_of(request), **read(s.PlanIn, request))
        return answer(request, plan.pk, 201)


class PlanView(APIView):
    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_get", responses=s.PlanOut)
    def get(self, request: Request, plan_id: uuid.UUID) -> Response:
        return answer(request, plan_id)

    @extend_schema(operation_id="plans_change", request=s.PlanPatch, responses=s.PlanOut)
    def patch(self, request: Request, plan_id: uuid.UUID) -> Response:
        """Change a draft. Office only."""
        plans.change_plan(actor=actor_of(request), plan_id=plan_id, **read(s.PlanPatch, request))
        return answer(request, plan_id)


class PlanSubmitView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="plans_submit", request=None, responses=s.PlanOut)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        plan_steps.submit(actor=actor_of(request), plan_id=plan_id)
        return answer(request, plan_id)


class PlanReturnView(APIView):
    """Back to its authors, with a reason."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_return", request=s.StepReasonIn, responses=s.PlanOut)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        plan_steps.return_plan(actor=actor_of(request), plan_id=plan_id, **read(s.StepReasonIn, request))
        return answer(request, plan_id)


class PlanApproveView(APIView):
    """Approve what somebody else made; the scope is frozen."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_approve", request=s.StepReasonIn, responses=s.PlanOut)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        plan_steps.approve(actor=actor_of(request), plan_id=plan_id, **read(s.StepReasonIn, request))
        return answer(request, plan_id)


class PlanReleaseView(APIView):
    """Release the plan with every assignment made for it."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="plans_release", request=None, responses=s.ReleasedOut)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        out = plan_steps.release(actor=actor_of(request), plan_id=plan_id)
        held = [s.held(one) for one in out.held_back]
        return Response({"plan": s.plan(out.plan), "released": len(out.released), "held_back": held})


class PlanCloseView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="plans_close", request=s.StepReasonIn, responses=s.PlanOut)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        plan_steps.close(actor=actor_of(request), plan_id=plan_id, **read(s.StepReasonIn, request))
        return answer(request, plan_id)


class PlanScopeView(APIView):
    """What the plan is about today, by code and track."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_scope", parameters=PAGING, responses=paged(s.LineOut))
    def get(self, request: Request, plan_id: uuid.UUID) -> Response:
        lines = selectors.scope(selectors.get(actor_of(request), plan_id))
        ordered = sorted(lines, key=lambda line: line.mark)
        return Response(page_of(ordered, request.query_params, mark=lambda line: line.mark).answer(s.line))


class PlanExceptionsView(APIView):
    """Take a target in against the rule, or leave it out."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="plans_except", request=s.ExceptionIn, responses={201: s.PlanOut})
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        given = read(s.ExceptionIn, request)
        plans.except_target(actor=actor_of(request), plan_id=plan_id, target_id=given.pop("target"), **given)
        return answer(request, plan_id, 201)


class PlanExceptionWithdrawView(APIView):
    """Let the rule decide of the target again."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="plans_withdraw_exception", request=None, responses=s.PlanOut)
    def post(self, request: Request, plan_id: uuid.UUID, target_id: uuid.UUID) -> Response:
        plans.withdraw_exception(actor=actor_of(request), plan_id=plan_id, target_id=target_id)
        return answer(request, plan_id)


class PlanCoverageView(APIView):
    """How much of the plan was visited; a special campaign counts its own visits only."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_coverage", responses=c.CoverageOut)
    def get(self, request: Request, plan_id: uuid.UUID) -> Response:
        found = coverage.of_plan(selectors.get(actor_of(request), plan_id))
        return Response(c.whole(found, coverage.district_names(actor_of(request).county_id)))


class PlanGapsView(APIView):
    """What of the plan is not validly visited yet, and why."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="plans_gaps", parameters=[*PAGING, c.GapFilters], responses=c.GAPS)
    def get(self, request: Request, plan_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        found = coverage.of_plan(selectors.get(actor, plan_id))
        query = read_query(c.GapFilters, request)
        return Response(gaps.page_of_gaps(found, actor.county_id, request.query_params, **query).answer(c.gap))


def answer(request: Request, plan_id: uuid.UUID, status: int = 200) -> Response:
    return Response(s.plan(selectors.get(actor_of(request), plan_id)), status=status)

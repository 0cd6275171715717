"""Teams, their members and leaders."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.errors import NotFound
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.registry.api import serializers as s
from backend.registry.api.permissions import OfficeWrites
from backend.registry.selectors import places
from backend.registry.selectors import teams as selectors
from backend.registry.services import memberships, teams
from backend.registry.services.memberships import NewMember


class TeamsView(APIView):
    """Teams of both tracks with their members."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="teams_list", parameters=[*PAGING, s.TeamsQuery], responses=paged(s.TeamOut))
    def get(self, request: Request) -> Response:
        query = read_query(s.TeamsQuery, request)
        rows = selectors.with_members(selectors.scoped(actor_of(request)))
        if track := query.pop("track", None):
            rows = rows.filter(track=track)
        return Response(page(rows.filter(places.matching(**query)), request.query_params, by="code").answer(s.team))

    @extend_schema(operation_id="teams_create", request=s.TeamIn, responses={201: s.TeamOut})
    def post(self, request: Request) -> Response:
        team = teams.create_team(actor=actor_of(request), **read(s.TeamIn, request))
        return answer(request, team.pk, 201)


class TeamView(APIView):
    """One team."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="teams_get", responses=s.TeamOut)
    def get(self, request: Request, team_id: uuid.UUID) -> Response:
        return answer(request, team_id)

    @extend_schema(operation_id="teams_change", request=s.TeamPatch, responses=s.TeamOut)
    def patch(self, request: Request, team_id: uuid.UUID) -> Response:
        teams.update_team(actor=actor_of(request), team_id=team_id, **read(s.TeamPatch, request))
        return answer(request, team_id)


class TeamCloseView(APIView):
    """End a team and its memberships."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="teams_close", request=None, responses=s.TeamOut)
    def post(self, request: Request, team_id: uuid.UUID) -> Response:
        teams.close_team(actor=actor_of(request), team_id=team_id)
        return answer(request, team_id)


class MembersView(APIView):
    """Somebody joins a team, now or at a named time."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="teams_add_member", request=s.MemberIn, responses={201: s.MemberOut})
    def post(self, request: Request, team_id: uuid.UUID) -> Response:
        member = NewMember(team_id=team_id, **read(s.MemberIn, request))
        return Response(s.member(memberships.add_member(actor=actor_of(request), member=member)), status=201)


class LeaderView(APIView):
    """A member becomes leader; the leader before stays a member."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="teams_change_leader", request=s.LeaderIn, responses=s.TeamOut)
    def put(self, request: Request, team_id: uuid.UUID) -> Response:
        memberships.change_leader(actor=actor_of(request), team_id=team_id, **read(s.LeaderIn, request))
        return answer(request, team_id)


class MembershipEndView(APIView):
    """Somebody leaves a team, now or at a named time."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="memberships_end", request=s.EndIn, responses=s.MemberOut)
    def post(self, request: Request, membership_id: int) -> Response:
        data = read(s.EndIn, request)
        row = memberships.end_membership(actor=actor_of(request), membership_id=membership_id, **data)
        return Response(s.member(row))


def answer(request: Request, team_id: uuid.UUID, status: int = 200) -> Response:
    row = selectors.with_members(selectors.scoped(actor_of(request))).filter(pk=team_id).first()
    if row is None:
        raise NotFound("team", team_id)
    return Response(s.team(row), status=status)

"""The office looks after accounts and devices."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.api import serializers as s
from backend.accounts.models import Device, User
from backend.accounts.permissions import OfficeOnly, actor_of
from backend.accounts.selectors import people
from backend.accounts.services import people as services
from backend.accounts.services import sessions
from backend.core.pages import page
from backend.core.requests import read
from backend.core.schema import PAGING, paged


class UsersView(APIView):
    """The county's people."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="users_list", parameters=PAGING, responses=paged(s.UserOut))
    def get(self, request: Request) -> Response:
        found = page(people.scoped(actor_of(request)), request.query_params, by="id")
        roles = people.roles_of_all(user.pk for user in found.rows)
        return Response(found.answer(lambda user: s.account(user, roles[user.pk])))

    @extend_schema(operation_id="users_create", request=s.UserIn, responses={201: s.NewUserOut})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        user = services.create_user(actor=actor, **read(s.UserIn, request))
        code = services.issue_start_code(actor=actor, user_id=user.pk)
        return Response(s.account(user, people.roles_of(user)) | {"start_code": code}, status=201)


class UserRolesView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="users_set_roles", request=s.RolesIn, responses=s.UserOut)
    def put(self, request: Request, user_id: int) -> Response:
        user = services.set_roles(actor=actor_of(request), user_id=user_id, **read(s.RolesIn, request))
        return answer(user)


class UserDisableView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="users_disable", request=None, responses=s.UserOut)
    def post(self, request: Request, user_id: int) -> Response:
        return answer(services.disable(actor=actor_of(request), user_id=user_id))


class UserEnableView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="users_enable", request=None, responses=s.UserOut)
    def post(self, request: Request, user_id: int) -> Response:
        return answer(services.enable(actor=actor_of(request), user_id=user_id))


class UserResetView(APIView):
    """Reset a lost password; the answer holds the start code to hand over."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="users_reset_password", request=None, responses=s.StartCodeOut)
    def post(self, request: Request, user_id: int) -> Response:
        return Response({"start_code": services.reset_password(actor=actor_of(request), user_id=user_id)})


class DevicesView(APIView):
    """The county's phones."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="devices_list", parameters=PAGING, responses=paged(s.DeviceOut))
    def get(self, request: Request) -> Response:
        rows = Device.objects.filter(user__county_id=actor_of(request).county_id).select_related("user")
        return Response(page(rows, request.query_params, by="id").answer(s.device))


class DeviceRevokeView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="devices_revoke", request=None, responses=s.DeviceOut)
    def post(self, request: Request, device_id: uuid.UUID) -> Response:
        row = sessions.revoke_device(actor=actor_of(request), device_id=device_id)
        return Response(s.device(Device.objects.select_related("user").get(pk=row.pk)))


def answer(user: User) -> Response:
    return Response(s.account(user, people.roles_of(user)))

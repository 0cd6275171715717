"""Signing in and out (protocol, Transport)."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.api import serializers as s
from backend.accounts.models import User
from backend.accounts.permissions import MayDeposit, actor_of
from backend.accounts.selectors import people
from backend.accounts.services import people as people_services
from backend.accounts.services import second_steps, sessions
from backend.core.errors import Throttled, Unauthorized
from backend.core.http import problem_response
from backend.core.requests import read
from backend.core.schema import ProblemSerializer

LOCKED_OUT = Throttled("locked_out", "密码错误次数过多，请 15 分钟后再试，或联系督导办重置密码。", retry_after=900)


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """django-axes' answer to a locked pair of name and address."""
    return problem_response(LOCKED_OUT)


class LoginView(APIView):
    """Sign a person in on a device."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_login", request=s.LoginIn, responses={200: s.LoginOut, 401: ProblemSerializer})
    def post(self, request: Request) -> Response:
        data = read(s.LoginIn, request)
        user = check_password(request._request, data["username"], data["password"])
        check_second_step(request._request, user, data["code"])
        device = data["device"]
        pair = sessions.sign_in(user=user, device_id=device["id"], name=device["name"], platform=device["platform"])
        return Response(
            {
                "access": pair.access,
                "refresh": pair.refresh,
                "user": s.person(user, people.roles_of(user)),
                "device": device["id"],
            }
        )


def check_password(request: HttpRequest, username: str, password: str) -> User:
    """The active person of that name and password. Raises `Unauthorized(bad_credentials)`, `Throttled(locked_out)`.

    Unknown names, wrong passwords and closed accounts are answered alike.
    """
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        raise LOCKED_OUT
    if not isinstance(user, User) or user.county_id is None:
        raise Unauthorized("bad_credentials", "账号或密码不正确。")
    return user


def check_second_step(request: HttpRequest, user: User, code: str) -> None:
    """Of somebody whose password was right. Raises `Unauthorized(bad_code)`, `Throttled(locked_out)`: wrong codes count
    like wrong passwords.
    """
    credentials = {"username": user.username}
    if second_steps.needed(user) and not AxesProxyHandler.is_allowed(request, credentials):
        raise LOCKED_OUT
    try:
        second_steps.check(user=user, code=code)
    except Unauthorized:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        raise


class RefreshView(APIView):
    """Exchange a refresh token for a new pair."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_refresh", request=s.RefreshIn, responses={200: s.TokensOut, 401: ProblemSerializer}
    )
    def post(self, request: Request) -> Response:
        pair = sessions.refresh(token=read(s.RefreshIn, request)["refresh"])
        return Response({"access": pair.access, "refresh": pair.refresh})


class LogoutView(APIView):
    """End the session of the token used."""

    permission_classes = (MayDeposit,)

    @extend_schema(operation_id="auth_logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        sessions.sign_out(actor=actor_of(request), session_id=request.auth.pk)
        return Response(status=204)


class StartView(APIView):
    """Set the first password with a one-time start code."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_start", request=s.StartIn, responses={204: None, 401: ProblemSerializer})
    def post(self, request: Request) -> Response:
        people_services.redeem_start_code(**read(s.StartIn, request))
        return Response(status=204)


class PasswordView(APIView):
    """Change the own password."""

    @extend_schema(operation_id="auth_password", request=s.PasswordIn, responses={204: None})
    def post(self, request: Request) -> Response:
        people_services.change_password(actor=actor_of(request), **read(s.PasswordIn, request))
        return Response(status=204)


class MeView(APIView):
    """Who is signed in."""

    @extend_schema(operation_id="auth_me", responses=s.PersonOut)
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        return Response(s.person(User.objects.select_related("county").get(pk=actor.person), actor.roles))

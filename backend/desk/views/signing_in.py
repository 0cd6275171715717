"""Signing in and out by session, and changing the own password."""

from typing import Any

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.api.auth import check_password
from backend.accounts.models import User
from backend.accounts.selectors import people
from backend.accounts.services import people as people_services
from backend.accounts.services import second_steps, sessions
from backend.core.errors import Problem, Throttled, Unauthorized
from backend.desk import navigation
from backend.desk.forms import PasswordForm, SignInForm
from backend.desk.pages import KEPT, actor_of, keep, page, to_sign_in, told
from backend.desk.patience import at_the_door
from backend.desk.views import second_step
from backend.journal.writing import write


@csrf_protect
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; after it, the page that was asked for or the person's own first page."""
    if not at_the_door(request):
        return told(request, Throttled(retry_after=10))
    wanted = _within(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        return page(request, "sign_in.html", {"next": wanted})
    try:
        form = SignInForm(request.POST)
        if not form.is_valid():
            raise Unauthorized("bad_credentials", "账号或密码不正确。")
        user = check_password(request, **form.cleaned_data)
    except Problem as fault:
        context = {
            "next": wanted,
            "kept": _kept_fields(request),
            "fault": fault.detail,
            "username": request.POST.get("username", "")[:40],
        }
        return page(request, "sign_in.html", context, status=fault.status)
    if second_steps.needed(user):
        second_step.ask(request, user, wanted)
        return page(request, "sign_in_code.html", {"kept": _kept_fields(request)})
    return _enter(request, user, wanted)


@csrf_protect
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step of people who set one up; the password was right some minutes ago."""
    known = second_step.waiting(request)
    if known is None:
        return HttpResponseRedirect(reverse("sign_in"))
    if request.method != "POST":
        return page(request, "sign_in_code.html")
    user, wanted = known
    try:
        second_step.check(request, user)
    except Problem as fault:
        context = {"fault": fault.detail, "kept": _kept_fields(request)}
        return page(request, "sign_in_code.html", context, status=fault.status)
    del request.session["second"]
    return _enter(request, user, wanted)


def _kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    sent: Any = request.POST.lists()
    return [(name, text) for name, texts in sent for text in texts if name.startswith(KEPT)]


def _enter(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    _begin(request, user)
    keep(request, wanted)
    return HttpResponseRedirect(wanted or first_page(user))


def first_page(user: User) -> str:
    """Where a person begins."""
    return navigation.home(people.roles_of(user))


def _begin(request: HttpRequest, user: User) -> None:
    """A session, with its line in the audit trail."""
    with write(actor=people.actor_of(user)) as change:
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        change.log("user.signed_in", user, by="page")


def _within(request: HttpRequest, address: str) -> str:
    """`address` if it is one of ours, else nothing."""
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts=None, require_https=request.is_secure())
    return address if safe and address.startswith("/") else ""


@csrf_protect
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User) and request.user.county_id is not None:
        sessions.end_pages(user=request.user)
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))


@csrf_protect
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sessions of the account end with it."""
    actor = actor_of(request)
    if actor is None or not isinstance(request.user, User):
        return to_sign_in(request)
    if request.method != "POST":
        return page(request, "password.html")
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return page(request, "password.html", {"fault": "请填写现在的密码和新密码，各不超过 128 位。"}, status=400)
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    if new != form.cleaned_data["again"]:
        return page(request, "password.html", {"fault": "两次输入的新密码不一致。"}, status=400)
    try:
        people_services.change_password(actor=actor, old=old, new=new)
    except Problem as fault:
        return page(request, "password.html", {"fault": fault.detail}, status=fault.status)
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    return page(request, "password.html", {"done": True})

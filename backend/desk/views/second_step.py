"""The second step: typed while signing in, set up and switched off by the person."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backend.accounts.api.auth import check_second_step
from backend.accounts.models import SecondStep, User
from backend.accounts.rules import one_time
from backend.accounts.services import second_steps
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid, Problem, Throttled
from backend.desk import pages
from backend.desk.rules import qr_mark
from backend.documents import qr

WAITS = 300
"""Seconds that a right password waits for its code."""

ISSUER = "督导"


class CodeForm(forms.Form):
    code = forms.CharField(max_length=20)


def ask(request: HttpRequest, user: User, wanted: str) -> None:
    """Remember that the password of `user` was right; who they are is not settled before the code."""
    request.session.cycle_key()
    request.session["second"] = {"user": user.pk, "next": wanted, "until": clock.now().timestamp() + WAITS}


def waiting(request: HttpRequest) -> tuple[User, str] | None:
    """Whose code is waited for, and where they wanted to go."""
    known: dict[str, Any] = request.session.get("second") or {}
    if not known or known["until"] < clock.now().timestamp():
        return None
    user = User.objects.filter(pk=known["user"], is_active=True, county__isnull=False).first()
    return (user, known["next"]) if user else None


def check(request: HttpRequest, user: User) -> None:
    """Raises `Unauthorized(bad_code)`, `Throttled(locked_out)`."""
    form = CodeForm(request.POST)
    check_second_step(request, user, form.cleaned_data["code"] if form.is_valid() else "")


@csrf_protect
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Set up one's own second step, or switch it off."""
    actor = pages.actor_of(request)
    if actor is None:
        return pages.to_sign_in(request)
    if not actor.has(*second_steps.FOR):
        return pages.page(request, "problem.html", {"detail": "此页面不属于您的账号。"}, status=403)
    if request.method != "POST":
        return _shown(request, actor)
    try:
        return _done(request, actor)
    except Problem as fault:
        return _shown(request, actor, fault=fault)


def _done(request: HttpRequest, actor: Actor) -> HttpResponse:
    deed, form = request.POST.get("deed"), CodeForm(request.POST)
    if deed == "begin":
        second_steps.begin(actor=actor)
        return HttpResponseRedirect(reverse("second_step"))
    if deed not in ("confirm", "end") or not form.is_valid():
        raise Invalid("code", "请填写验证码。", path="code")
    code = form.cleaned_data["code"]
    if deed == "confirm":
        return _shown(request, actor, codes=second_steps.confirm(actor=actor, code=code))
    _slow(request)
    second_steps.end(actor=actor, code=code)
    return HttpResponseRedirect(reverse("second_step"))


def _slow(request: HttpRequest) -> None:
    """Five tries to switch it off in a session: whoever found an open desk does not get through all codes."""
    tries = request.session.get("second_tries", 0) + 1
    request.session["second_tries"] = tries
    if tries > 5:
        raise Throttled("locked_out", "尝试次数过多，请退出登录后再试，或联系督导办。", retry_after=900)


def _shown(
    request: HttpRequest, actor: Actor, *, fault: Problem | None = None, codes: list[str] | None = None
) -> HttpResponse:
    row = SecondStep.objects.filter(user_id=actor.person).first()
    context: dict[str, Any] = {"row": row, "codes": codes or [], "fault": fault.detail if fault else ""}
    if row is not None and row.confirmed_at is None:
        secret = second_steps.secret_of(row)
        uri = one_time.address(secret, row.user.username, ISSUER)
        spelled = one_time.spelled(secret)
        context["mark"] = qr_mark.draw(qr.modules(uri), "用身份验证器扫描的二维码")
        context["secret"] = " ".join(spelled[at : at + 4] for at in range(0, len(spelled), 4))
    return pages.page(request, "second_step.html", context, status=fault.status if fault else 200)

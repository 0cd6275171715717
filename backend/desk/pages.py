"""What every page has in common: who asks, the headers of an answer, errors as pages, and work kept over a sign-in."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from backend.accounts.models import User
from backend.accounts.selectors import people
from backend.core import http
from backend.core.actor import Actor
from backend.core.errors import Forbidden, NotFound, Problem, TooLarge
from backend.notices.services import refusals

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
ActorView = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing from elsewhere, nothing inline."""

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 -- the name of a field

KEPT = "kept:"
"""Prefix of the fields of a form that waits behind the sign-in page."""

OURS = frozenset({"form", "row", "page", "once", "seen"})
"""Fields that pages put into forms themselves; each has one value, however often it is sent."""

MOST_KEPT = 64 * 1024
"""Characters of a form that are carried over a sign-in; the longest form of these pages has about 10,000."""


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A rendered page. It is never stored: after signing out the back button must show nothing."""
    answer = render(request, f"desk/{template}", context, status=status)
    answer["Content-Security-Policy"] = POLICY
    answer["Cache-Control"] = "no-store"
    answer["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer


def actor_of(request: HttpRequest) -> Actor | None:
    """Who is signed in by session; nobody, a maintainer without a county and a closed account are alike."""
    user = request.user
    return people.actor_of(user) if isinstance(user, User) and user.county_id is not None else None


def for_roles(roles: frozenset[str]) -> Callable[[ActorView[P]], View[P]]:
    """Only for people who hold one of `roles`; the others are shown the way in. Problems become pages."""

    def decorate(view: ActorView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None:
                return to_sign_in(request)
            if not actor.has(*roles):
                on_record(request, actor, kwargs, Forbidden())
                return page(request, "problem.html", {"detail": "此页面不属于您的账号。"}, status=403)
            try:
                return view(request, actor, *args, **kwargs)
            except (Problem, Http404) as fault:
                problem = http.as_problem(fault) or NotFound()
                on_record(request, actor, kwargs, problem)
                return told(request, problem)

        return guarded

    return decorate


DRAFT = "draft"
"""What is done with a visit when a notice is drafted from it; everything else about a visit is no notice's affair."""


def on_record(request: HttpRequest, actor: Actor, named: Mapping[str, Any], fault: Problem) -> None:
    """A form about a notice was refused before a service was asked, which would have recorded it: so it is here."""
    if request.method == "POST" and not fault.recorded:
        action = request.path.rpartition("/")[2]
        kinds = refusals.KINDS if action == DRAFT else refusals.OF_NOTICES
        about = {name: key for name, key in named.items() if name in kinds}
        refusals.turned_away(actor=actor, action=action, named=about, fault=fault)


def bounded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What is too much to be read at all is told as a page; what was typed lies on the device (`drafts.js`)."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (RequestDataTooBig, TooManyFieldsSent):
            return told(request, TooLarge("body_too_large", "填写的内容过多，没有提交。请返回上一页，删减后重新提交。"))

    return guarded


def told(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as a page."""
    return page(request, "problem.html", {"detail": problem.detail}, status=problem.status)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way in. What was being sent when the session turned out to be over travels along in the form."""
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")
    kept = [(f"{KEPT}{name}", text) for name, texts in request.POST.lists() for text in texts if name != TOKEN]
    if sum(len(text) for _, text in kept) > MOST_KEPT:
        kept = []
    context = {"next": request.POST.get("page") or reverse("start"), "kept": kept}
    return page(request, "sign_in.html", context, status=401)


def keep(request: HttpRequest, path: str) -> None:
    """After a sign-in: what came along with it is shown again on the page at `path`."""
    fields = {name.removeprefix(KEPT): texts for name, texts in fields_of(request).items() if name.startswith(KEPT)}
    if fields:
        request.session["kept"] = {"path": path, "fields": fields}


def fields_of(request: HttpRequest) -> dict[str, Any]:
    """What was sent, by field: a text, or a list where a field was sent more than once (several boxes)."""
    sent = {name: texts for name, texts in request.POST.lists() if name != TOKEN}
    return {name: texts if len(texts) > 1 and not _is_ours(name) else texts[-1] for name, texts in sent.items()}


def _is_ours(name: str) -> bool:
    return name.removeprefix(KEPT) in OURS


def kept(request: HttpRequest) -> dict[str, Any]:
    """What was kept for this page, once."""
    found = request.session.get("kept")
    if not found or found["path"] != request.path:
        return {}
    del request.session["kept"]
    return dict(found["fields"])


def say(request: HttpRequest, sentence: str) -> None:
    """Tell the reader `sentence` on the page that comes next. It travels in a signed cookie: to keep it in the session
    and to drop it again would cost that page three statements. A cookie outlives a session: it says for whom it is."""
    messages.info(request, sentence, extra_tags=request.session.get(SESSION_KEY, ""))


def said(request: HttpRequest) -> str:
    """What the reader is to be told on this page, once; mostly nothing."""
    reader = request.session.get(SESSION_KEY, "")
    return " ".join(str(each) for each in messages.get_messages(request) if each.extra_tags == reader)

"""A form whose mark against forgery is none (`CSRF_FAILURE_VIEW`): an old page, no cookies, or a forgery.

Whoever meant it gets a way on that loses no word: what was typed waits on the page it came from, unsent, as over a
sign-in. What came from another site is kept nowhere: nobody is to send on, with one touch, what a stranger wrote.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from backend.core import http
from backend.core.errors import Forbidden
from backend.desk import pages

CODE = "csrf_failed"
STALE = "此页面打开已久或已在别处重新登录，本次提交没有执行。"
KEPT = f"{STALE}您填写的内容还在，请回到原页面核对后重新提交。"
FOREIGN = "提交来源无法确认，本次提交没有执行。请从本系统的页面重新操作，并确认浏览器允许使用Cookie。"

SECRETS = frozenset({"password", "old", "new", "again"})
"""Fields that nobody keeps."""


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to such a form: a page, or a problem for programs (`code` `csrf_failed`, 403). Nothing was done."""
    if request.path.startswith("/api/") or not request.accepts("text/html"):
        return http.problem_response(Forbidden(CODE, STALE))
    if not _ours(request) or not _readable(request):
        return _page(request, FOREIGN, reverse("start"))
    back = _page_of(request)
    if SECRETS & request.POST.keys():
        return _page(request, STALE, back)
    if pages.actor_of(request) is None:
        return pages.to_sign_in(request)
    return _page(request, KEPT if _keep(request, back) else STALE, back)


def _page(request: HttpRequest, detail: str, back: str) -> HttpResponse:
    answer = pages.page(request, "problem.html", {"detail": detail, "back": back}, status=403)
    answer["X-Problem-Code"] = CODE
    return answer


def _ours(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages sent it; what it does not say is not believed."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    here = {request.get_host(), *(urlsplit(each).netloc for each in settings.CSRF_TRUSTED_ORIGINS)}
    return urlsplit(said).netloc in here


def _readable(request: HttpRequest) -> bool:
    try:
        request.POST  # noqa: B018 -- it is read when it is asked for
    except (RequestDataTooBig, UnreadablePostError):
        return False
    return True


def _page_of(request: HttpRequest) -> str:
    """The page the form stood on: as it says itself, else as the browser says."""
    referer = urlsplit(request.headers.get("Referer", ""))
    wanted = request.POST.get("page") or referer.path
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if safe else reverse("start")


def _keep(request: HttpRequest, path: str) -> bool:
    """Let the page at `path` show once what was typed. False where nothing was, or it is too long to be kept."""
    fields = pages.fields_of(request)
    if not fields.keys() - pages.OURS:
        return False
    if sum(len(text) for texts in request.POST.lists() for text in texts[1]) > pages.MOST_KEPT:
        return False
    request.session["kept"] = {"path": path, "fields": fields}
    return True

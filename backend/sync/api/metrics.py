"""`GET /metrics`: how sync stands, for a monitoring system on this machine or with the token of the deployment."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from backend.core.errors import NotFound
from backend.core.http import client_address, problem_response
from backend.sync import reporting

TEXT = "text/plain; version=0.0.4; charset=utf-8"


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers alone: no name, no id, nothing of a county. To everybody else the address does not exist."""
    if not (_has_token(request) or _is_near(request)):
        return problem_response(NotFound())
    return HttpResponse(reporting.exposition(), content_type=TEXT, headers={"Cache-Control": "no-store"})


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, settings.METRICS_TOKEN.encode())


def _is_near(request: HttpRequest) -> bool:
    """Whether the caller's own address is listed. What a proxy passed on comes from this machine, whoever asked it:
    where no proxy is declared (DUDAO_PROXIES), nothing passed on is near."""
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    if passed_on and not settings.TRUSTED_PROXIES:
        return False
    return client_address(request) in settings.METRICS_FROM

"""HTTP manners: one shape for every error (RFC 9457), and the caller's address."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from backend.core import codec
from backend.core.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Throttled,
    TooLarge,
    Unauthorized,
    Unavailable,
)

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


def body(problem: Problem) -> dict[str, Any]:
    """The problem+json members: `type`, `title`, `status`, `code`, `detail`, and the problem's own."""
    return {
        "type": "about:blank",
        "title": problem.code,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.extra,
    }


def headers(problem: Problem) -> dict[str, str]:
    out = {"Cache-Control": "no-store"}
    if problem.status == 401:
        out["WWW-Authenticate"] = "Bearer"
    if "retry_after" in problem.extra:
        out["Retry-After"] = str(problem.extra["retry_after"])
    return out


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: known problems become answers; anything else is a bug and is logged by Django as one."""
    problem = as_problem(exc)
    if problem is None:
        return None
    return Response(body(problem), status=problem.status, headers=headers(problem), content_type=PROBLEM_JSON)


def as_problem(exc: Exception) -> Problem | None:
    match exc:
        case Problem():
            return exc
        case exceptions.ValidationError():
            return Invalid(errors=_plain(exc.detail))
        case exceptions.Throttled():
            return Throttled(retry_after=int(getattr(exc, "wait", None) or 1))
        case exceptions.ParseError():
            return Invalid("malformed_json", "请求内容不是有效的 JSON。")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthorized()
        case exceptions.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case exceptions.NotFound() | Http404():
            return NotFound()
        case RequestDataTooBig():
            return TooLarge("body_too_large", "提交的内容过大，请分批提交。")
        case OperationalError():
            log.warning("the database could not serve a request", exc_info=exc)
            return Unavailable("busy", "服务繁忙，请稍后再试。", retry_after=2)
        case exceptions.APIException():
            return _other(exc)
    return None


def _other(exc: exceptions.APIException) -> Problem:
    problem = Problem(str(exc.default_code), _SENTENCES.get(exc.status_code, "请求无法处理。"))
    problem.status = exc.status_code
    return problem


_SENTENCES = {
    405: "此地址不支持该请求方法。",
    406: "无法按要求的格式返回内容。",
    415: "不支持的内容类型，请使用 application/json。",
}


def _plain(detail: Any) -> Any:
    if isinstance(detail, dict):
        return {str(key): _plain(value) for key, value in detail.items()}
    if isinstance(detail, list):
        return [_plain(value) for value in detail]
    return str(detail)


def problem_response(problem: Problem) -> HttpResponse:
    """For views outside DRF (handlers, middleware)."""
    return HttpResponse(
        codec.dumps(body(problem)), status=problem.status, content_type=PROBLEM_JSON, headers=headers(problem)
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(Invalid())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(Forbidden())


def server_error(request: HttpRequest) -> HttpResponse:
    problem = Problem("internal", "系统出现意外错误，已记录，请稍后再试。")
    problem.status = 500
    return problem_response(problem)


def client_address(request: HttpRequest) -> str:
    """The caller's address; behind N trusted proxies, the N-th entry of X-Forwarded-For from the right."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    count = settings.TRUSTED_PROXIES
    if count and len(hops) >= count:
        return str(hops[-count])
    return str(request.META.get("REMOTE_ADDR", ""))

"""Sending the bytes of a blob over HTTP: whole or in part, in bounded pieces, never as something a browser runs."""

import logging
from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from backend.core import http
from backend.core.actor import Actor
from backend.core.errors import Problem, Unavailable
from backend.media.models.access import Purpose
from backend.media.rules import filetypes, ranges
from backend.media.services import accesses, blobs, reading
from backend.media.services.reading import Representation

log = logging.getLogger(__name__)


def serve(
    request: HttpRequest, *, actor: Actor, sha256: str, kind: str | None = None, export: bool = False
) -> HttpResponseBase:
    """The answer to GET or HEAD of a blob (`kind`: None, preview, list). Raises `NotFound`.

    For every view that hands out blobs, whatever way its caller signed in. Who is sent an original is noted, as a view
    or (`export`: to be saved as a file) an export.
    """
    try:
        found = reading.representation(actor=actor, sha256=sha256, kind=kind)
    except FileNotFoundError:
        raise _lost(sha256) from None
    headers = _headers(found)
    if export:
        headers["Content-Disposition"] = "attachment"
    if kind is None and request.method == "GET":
        accesses.note(actor=actor, sha256=sha256, purpose=Purpose.EXPORTED if export else Purpose.VIEWED)
    if _unchanged(request, found):
        return HttpResponseNotModified(headers={key: headers[key] for key in ("ETag", "Cache-Control")})
    try:
        asked = ranges.parse(_range(request, found), found.size)
    except ranges.Unsatisfiable:
        return _unsatisfiable(found)
    if asked is None:
        return _send(request, found, headers, 0, found.size, 200)
    first, last = asked
    headers["Content-Range"] = f"bytes {first}-{last}/{found.size}"
    return _send(request, found, headers, first, last - first + 1, 206)


def _headers(found: Representation) -> dict[str, str]:
    """Only types on the list are shown; everything else is saved as a file and never interpreted."""
    shown = found.filetype in filetypes.ACCEPTED
    return {
        "Content-Type": found.filetype if shown else filetypes.UNKNOWN,
        "Content-Disposition": "inline" if shown else "attachment",
        "Cache-Control": "private, max-age=31536000, immutable",
        "ETag": f'"{found.sha256}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _unchanged(request: HttpRequest, found: Representation) -> bool:
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return any(tag in {"*", f'"{found.sha256}"', f'W/"{found.sha256}"'} for tag in tags)


def _range(request: HttpRequest, found: Representation) -> str | None:
    """The range asked for, unless it was meant for another version (RFC 9110, If-Range)."""
    condition = request.headers.get("If-Range")
    if request.method != "GET" or (condition and condition != f'"{found.sha256}"'):
        return None
    return request.headers.get("Range")


def _unsatisfiable(found: Representation) -> HttpResponse:
    problem = Problem("range", "请求的范围超出文件大小。")
    problem.status = 416
    answer = http.problem_response(problem)
    answer["Content-Range"] = f"bytes */{found.size}"
    return answer


def _send(
    request: HttpRequest, found: Representation, headers: dict[str, str], start: int, length: int, status: int
) -> HttpResponseBase:
    headers["Content-Length"] = str(length)
    try:
        pieces = blobs.open_range(found.sha256, start, 0 if request.method == "HEAD" else length)
    except FileNotFoundError:
        raise _lost(found.sha256) from None
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    content = _in_threads(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(content, status=status, headers=headers)


def _lost(sha256: str) -> Unavailable:
    log.error("blob %s is in the database and not in storage", sha256)
    return Unavailable("blob_missing", "文件暂时无法读取，请联系管理员。")


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Django would read a plain iterator to its end, into memory, before it sends the first byte."""
    step = sync_to_async(lambda: next(pieces, b""), thread_sensitive=False)
    while piece := await step():
        yield piece

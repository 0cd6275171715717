"""The inspector's phone at `/m/`: the page and the service worker of a build that is committed (docs/phone.md)."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

BUILD = Path(__file__).resolve().parents[1] / "static" / "m"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; manifest-src 'self'; "
    "connect-src 'self' wss://{host}; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline; pictures of the camera are blobs. The live socket is named because older
Safari does not count it among `'self'`."""


@require_safe
def app(request: HttpRequest) -> HttpResponse:
    """The one page of the app. It is asked for anew each time; what it names never changes."""
    answer = _asked_each_time("index.html", "text/html; charset=utf-8")
    answer["Content-Security-Policy"] = POLICY.format(host=request.get_host())
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: from here, so that it may serve `/m/`."""
    return _asked_each_time("sw.js", "text/javascript; charset=utf-8")


def _asked_each_time(name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse((BUILD / name).read_bytes(), content_type=content_type)
    answer["Cache-Control"] = "no-cache"
    return answer

"""Server-rendered pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.desk import demo


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where a browser lands: what this server is, its documents, and in demo mode who can sign in."""
    signins = demo.signins() if settings.DEMO else []
    answer = render(request, "desk/start.html", {"signins": signins})
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"
    return answer

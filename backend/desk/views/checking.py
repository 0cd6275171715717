"""The public page behind the QR mark of a paper: genuine or not, which version, withdrawn or not, and nothing else.

Nobody signs in, nothing is stored in the browser. A code that does not exist, one of a paper that is not issued yet and
a text that is no code are one answer.
"""

import time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.core.http import client_address
from backend.desk import pages
from backend.desk.rules.patience import Patience
from backend.notices.rules import paper_codes
from backend.notices.selectors import codes

MOST_TYPED = 40
WAIT_SECONDS = 10

patience = Patience()


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Where somebody types the code; what was typed goes to the page about it."""
    typed = request.GET.get("code", "")[:MOST_TYPED]
    if not typed:
        return pages.page(request, "check.html")
    code = paper_codes.read(typed)
    if not code:
        return _answer(request, {"typed": typed, "unknown": True}, status=404)
    return HttpResponseRedirect(reverse("check", args=[paper_codes.printed(code)]))


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a code."""
    if not patience.holds(client_address(request), time.monotonic()):
        answer = _answer(request, {"typed": code[:MOST_TYPED], "hasty": True}, status=429)
        answer["Retry-After"] = str(WAIT_SECONDS)
        return answer
    found = codes.check(code[:MOST_TYPED])
    if found is None:
        return _answer(request, {"typed": code[:MOST_TYPED], "unknown": True}, status=404)
    return _answer(request, {"typed": paper_codes.printed(paper_codes.read(code)), "found": found})


def _answer(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    answer = pages.page(request, "check.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer

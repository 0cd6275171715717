"""The knots that REST framework ties are undone when a request is answered (see `backend.core.garbage`)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from rest_framework.response import Response

Answering = Callable[[HttpRequest], HttpResponseBase]


def untie(get_response: Answering) -> Answering:
    """Middleware: what belongs to a request is freed with its last reader, by counting references."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, Response):
            context = getattr(response, "renderer_context", {})
            if "request" in context:
                context["request"].parser_context.clear()
            context.clear()
        return response

    return answer

"""Papers, photos and evidence on the pages of desks: whatever their reader may read elsewhere."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.desk import navigation, pages
from backend.media.api.delivery import serve


@require_safe
@pages.for_roles(navigation.STAFF)
def file(request: HttpRequest, actor: Actor, sha256: str) -> HttpResponseBase:
    """The bytes of a blob; `size` for its preview or list size, `download` to save it as a file."""
    size = request.GET.get("size")
    if size not in (None, "preview", "list"):
        raise Invalid("invalid", "参数 size 只能是 preview 或 list。", path="size")
    return serve(request, actor=actor, sha256=sha256, kind=size, export="download" in request.GET)

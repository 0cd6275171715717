"""Where a person's desk begins."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from backend.core.actor import Actor
from backend.desk import navigation, pages


@require_safe
@pages.for_roles(navigation.STAFF)
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To the first page of whoever asks."""
    return HttpResponseRedirect(navigation.home(actor.roles))

"""Where a browser lands."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from backend.core.errors import Throttled
from backend.desk import demo, navigation, pages
from backend.desk.patience import at_the_door


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The doors: one's own first for who is signed in, and in demo mode who can sign in. Tells nothing of a county."""
    if not at_the_door(request):
        return pages.told(request, Throttled(retry_after=10))
    actor = pages.actor_of(request)
    home = navigation.home(actor.roles) if actor else ""
    own = home if home != request.path else ""
    context = {"actor": actor, "home": own, "signins": demo.signins() if settings.DEMO else []}
    return pages.page(request, "start.html", context)

"""What is published to inspected units: the school edition of a bulletin, and circulars."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.bulletins.selectors import bulletins, circulars
from backend.bulletins.services import handing
from backend.core.actor import Actor
from backend.desk.views.unit import for_unit


@require_safe
@for_unit
def bulletin(request: HttpRequest, actor: Actor, bulletin_id: uuid.UUID) -> HttpResponse:
    """The school edition of a published issue; that it was opened is kept."""
    found = bulletins.public_one(actor, bulletin_id)
    handing.opened(actor=actor, paper=found.bulletin)
    return HttpResponseRedirect(reverse("unit_file", args=[found.sha256]))


@require_safe
@for_unit
def circular(request: HttpRequest, actor: Actor, circular_id: uuid.UUID) -> HttpResponse:
    """A published circular; that it was opened is kept."""
    found = circulars.get(actor, circular_id)
    handing.opened(actor=actor, paper=found)
    return HttpResponseRedirect(reverse("unit_file", args=[found.pdf_sha256]))

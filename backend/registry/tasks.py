"""What this room does by itself."""

from backend.accounts.models import County
from backend.core.actor import system
from backend.core.duties import duty
from backend.registry.selectors import responsibility as selectors
from backend.registry.services import responsibility


@duty("registry.turn_over", every=600.0)
def turn_over() -> None:
    """Where another team takes a target over today, let the target say so."""
    for county_id in County.objects.values_list("pk", flat=True):
        if selectors.due(county_id):
            responsibility.turn_over(actor=system(county_id))

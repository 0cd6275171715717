"""What this room does by itself."""

from backend.accounts.models import County
from backend.core.actor import system
from backend.core.duties import duty, ending
from backend.inspections.models import Finding, Publication
from backend.inspections.selectors import assignments as selectors
from backend.inspections.services import assignments, integrity, monthly, publication


@duty("inspections.reveal", every=20.0)
def reveal() -> None:
    """Tell leaders whose reveal has come that they have a task."""
    for county_id, pk in list(selectors.to_reveal().values_list("county_id", "pk")[:200]):
        assignments.reveal(actor=system(county_id), assignment_id=pk)


@duty("inspections.publish", every=3600.0)
def publish_waiting() -> None:
    """After the end of a plan month, open to both tracks what each found."""
    waiting = Finding.objects.filter(publication=Publication.WAITING).values("county_id")
    for county_id in County.objects.filter(pk__in=waiting).values_list("pk", flat=True):
        publication.publish_waiting(actor=system(county_id))


@duty("inspections.assess", every=10.0)
def assess() -> None:
    """Compare what came with what was declared; woken by every receipt."""
    integrity.assess_waiting(enough=ending)


@duty("inspections.open_plans", every=1800.0)
def open_plans() -> int:
    """On the 25th, draft the plan of the next month; answers how many drafts were made."""
    return monthly.open_due()

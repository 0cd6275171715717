"""The demonstration county that `make run` opens with."""

from collections.abc import Callable

from backend.accounts.models import County
from backend.core.actor import system
from backend.inspections.services.standard_findings import publish_shipped
from backend.inspections.services.templates import publish_catalogue
from backend.registry.services import demo as registry_demo


def prepare(say: Callable[[str], None]) -> None:
    """Load the invented county and its checklists once; a second start finds them there."""
    if County.objects.exists():
        return
    say("正在载入演示县“云川县”……")
    county = registry_demo.load()
    publish_catalogue(actor=system(county.pk))
    publish_shipped(actor=system(county.pk))


def signins() -> list[tuple[str, str, str]]:
    """(role, username, password) of one person of each role."""
    return registry_demo.demo_signins()

"""The demonstration county that `make run` opens with."""

from collections.abc import Callable

from backend.accounts.models import County
from backend.registry.services import demo as registry_demo


def prepare(say: Callable[[str], None]) -> None:
    """Load the county of docs/demo.md once; a second start finds it there."""
    if County.objects.exists():
        return
    say("正在载入演示县“云川县”……")
    registry_demo.load()


def signins() -> list[tuple[str, str, str]]:
    """(role, username, password) of one person of each role."""
    return registry_demo.demo_signins()

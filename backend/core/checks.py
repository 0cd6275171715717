"""Refuse set-ups that lose work: several processes need a shared database server and a shared channel layer."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured


@register()
def several_workers(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """core.E001, core.E002."""
    found: list[CheckMessage] = []
    if settings.WORKERS > 1 and "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        found.append(Error("DUDAO_WORKERS > 1 needs PostgreSQL (DUDAO_DATABASE).", id="core.E001"))
    if settings.WORKERS > 1 and not settings.REDIS_URL:
        found.append(Error("DUDAO_WORKERS > 1 needs Redis (DUDAO_REDIS): pokes would be lost.", id="core.E002"))
    return found


def refuse_unsafe_setup() -> None:
    """At the start of a server. Raises `ImproperlyConfigured`."""
    if faults := several_workers():
        raise ImproperlyConfigured(" ".join(str(fault.msg) for fault in faults))

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SyncConfig(AppConfig):
    name = "backend.sync"
    label = "sync"
    verbose_name = "离线同步"

    def ready(self) -> None:
        from backend.sync import live  # noqa: F401 -- connects its receiver

        autodiscover_modules("sync")

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from backend.core import clock


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"
    verbose_name = "基础"

    def ready(self) -> None:
        clock.start_from_environment()
        autodiscover_modules("checks", "tasks")

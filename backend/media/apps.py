from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "backend.media"
    label = "media"
    verbose_name = "影像与文件"

    def ready(self) -> None:
        from backend.media import registry
        from backend.media.selectors import needs

        registry.keeper(needs.needed)

from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "backend.bulletins"
    label = "bulletins"
    verbose_name = "半月报"

    def ready(self) -> None:
        from backend.bulletins.selectors.bulletins import may_read_blob
        from backend.bulletins.selectors.circulars import may_read_blob as may_read_circular
        from backend.bulletins.selectors.keeping import needed
        from backend.media import registry

        registry.reader(may_read_blob)
        registry.reader(may_read_circular)
        registry.keeper(needed)

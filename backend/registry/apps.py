from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "backend.registry"
    label = "registry"

    def ready(self) -> None:
        from backend.registry.guards import keep_terms_apart

        post_migrate.connect(keep_terms_apart, sender=self, dispatch_uid="registry.terms")

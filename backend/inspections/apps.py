from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "backend.inspections"
    label = "inspections"

    def ready(self) -> None:
        from backend.inspections.selectors import previews
        from backend.inspections.selectors.evidence import may_read_blob
        from backend.inspections.services.evidence import received
        from backend.media import registry

        registry.reader(may_read_blob)
        registry.on_received(received)
        registry.caption(previews.captions)
        registry.viewer(previews.seen_as)

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "backend.notices"
    label = "notices"
    verbose_name = "整改通知书"

    def ready(self) -> None:
        from backend.media import registry
        from backend.notices.selectors import proofs
        from backend.notices.selectors.notices import may_read_blob
        from backend.notices.services.evidence import received

        registry.reader(may_read_blob)
        registry.on_received(received)
        registry.caption(proofs.captions)
        registry.viewer(proofs.seen_as)

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "backend.notices"
    label = "notices"
    verbose_name = "整改通知书"

    def ready(self) -> None:
        from django.conf import settings

        from backend.documents import fonts
        from backend.inspections.selectors import standing
        from backend.media import registry, terms
        from backend.notices.selectors import keeping, overdue, proofs
        from backend.notices.selectors.notices import may_read_blob
        from backend.notices.services import scans
        from backend.notices.services.evidence import received
        from backend.notices.services.retention import UnitEvidence

        standing.counter("overdue", overdue.by_target)
        registry.reader(may_read_blob)
        registry.on_received(received)
        registry.on_received(scans.received)
        registry.caption(proofs.captions)
        registry.viewer(proofs.seen_as)
        registry.keeper(keeping.needed)
        terms.former(keeping.had_blob)
        terms.holder("通知书未销号", keeping.in_open_notices)
        terms.retainer(UnitEvidence())
        fonts.use(settings.PAPER_FONTS)

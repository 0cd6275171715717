from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "backend.inspections"
    label = "inspections"

    def ready(self) -> None:
        from backend.inspections.selectors import copies, keeping, previews
        from backend.inspections.selectors.evidence import had_blob, may_read_blob
        from backend.inspections.services.evidence import received
        from backend.inspections.services.retention import VisitEvidence
        from backend.media import registry, terms

        registry.reader(may_read_blob)
        registry.reader(copies.may_read_blob)
        registry.on_received(received)
        registry.caption(previews.captions)
        registry.viewer(previews.seen_as)
        registry.keeper(keeping.needed)
        terms.former(had_blob)
        terms.holder("问题未办结", keeping.unsettled)
        terms.retainer(VisitEvidence())

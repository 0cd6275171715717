"""The product's own catalogue: 14 checklist templates and the policies they rest on (see ``README.md``)."""

from backend.inspections.catalogue.documents import content_hash, from_document, policy_document, to_document
from backend.inspections.catalogue.faults import CatalogueError, Fault
from backend.inspections.catalogue.load import (
    Shipped,
    load_catalogue,
    load_policies,
    load_shipped,
    load_template,
    load_wordings,
)

__all__ = [
    "CatalogueError",
    "Fault",
    "Shipped",
    "content_hash",
    "from_document",
    "load_catalogue",
    "load_policies",
    "load_shipped",
    "load_template",
    "load_wordings",
    "policy_document",
    "to_document",
]

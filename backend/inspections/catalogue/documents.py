"""A template as the JSON document that phones receive and that published versions are stored as."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import rfc8785

from backend.inspections.catalogue.check import check_template
from backend.inspections.catalogue.faults import CatalogueError
from backend.inspections.catalogue.shapes import plain_faults, shape_faults
from backend.inspections.rules.checklist import PolicyDocument, Template

MAX_DOCUMENT_BYTES = 64 * 1024


def to_document(template: Template) -> dict[str, Any]:
    """The template as plain JSON values, policies included; ``from_document`` gives the equal template back."""
    document: dict[str, Any] = msgspec.to_builtins(template)
    return document


def policy_document(policy: PolicyDocument) -> dict[str, Any]:
    """One policy as it stands in a template's document."""
    document: dict[str, Any] = msgspec.to_builtins(policy)
    return document


def from_document(document: Mapping[str, Any]) -> Template:
    """The template that ``to_document`` wrote, checked as strictly as a catalogue file.

    Raises:
        CatalogueError: unknown or missing fields, values of the wrong type, or contradictions between fields.
    """
    try:
        template = msgspec.convert(document, Template)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"template document: {error}", tuple(shape_faults(document))) from error
    if faults := tuple(plain_faults(template)):
        raise CatalogueError("\n".join(f"{fault.item}: {fault.text}" for fault in faults), faults)
    check_template(template)
    return template


def content_hash(template: Template) -> str:
    """SHA-256 (hex) of the document's canonical JSON (RFC 8785): equal content, equal hash, on server and phone."""
    return hashlib.sha256(rfc8785.dumps(to_document(template))).hexdigest()

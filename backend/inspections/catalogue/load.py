"""Reads the catalogue files of this folder (or a folder laid out like it) into checked templates."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from backend.inspections.catalogue.check import check_template
from backend.inspections.catalogue.documents import content_hash, to_document
from backend.inspections.catalogue.faults import CatalogueError
from backend.inspections.rules.checklist import PolicyDocument, Template

CATALOGUE = Path(__file__).parent


class ShippedWording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a failing of an item is worded, and what is asked of the unit; level, basis and deadline are the item's."""

    text: str
    measure: str


@cache
def load_catalogue(folder: Path = CATALOGUE) -> tuple[Template, ...]:
    """All templates, ordered by file name.

    Raises:
        CatalogueError: a file is not valid JSON of its shape, contradicts itself, or two templates share a code.
    """
    policies = load_policies(folder)
    templates = tuple(_read_template(path, policies) for path in sorted((folder / "templates").glob("*.json")))
    codes = [template.code for template in templates]
    if len(set(codes)) != len(codes):
        raise CatalogueError(f"{folder.name}: template codes repeat: {sorted(codes)}")
    return templates


class Shipped(NamedTuple):
    """A template of the catalogue with what is stored of it; the document is shared, whoever changes it copies it."""

    template: Template
    document: dict[str, Any]
    content_hash: str


@cache
def load_shipped() -> tuple[Shipped, ...]:
    """The product's own catalogue as a county stores it: hashing its canonical JSON is the dear part of publishing."""
    return tuple(Shipped(each, to_document(each), content_hash(each)) for each in load_catalogue())


def load_template(code: str, folder: Path = CATALOGUE) -> Template:
    """The catalogue's template with this code.

    Raises:
        KeyError: there is no such template.
    """
    return {template.code: template for template in load_catalogue(folder)}[code]


@cache
def load_policies(folder: Path = CATALOGUE) -> tuple[PolicyDocument, ...]:
    """The policy documents in the order of their file, also those no item refers to.

    Raises:
        CatalogueError: the file is not valid, or two documents share a code.
    """
    policies: tuple[PolicyDocument, ...] = _decode(folder / "policies.json", tuple[PolicyDocument, ...])
    codes = [policy.code for policy in policies]
    if len(set(codes)) != len(codes):
        raise CatalogueError(
            f"policies.json: codes repeat: {sorted({code for code in codes if codes.count(code) > 1})}"
        )
    return policies


@cache
def load_wordings(folder: Path = CATALOGUE) -> dict[str, tuple[ShippedWording, ...]]:
    """Ready wordings of findings by code of item.

    Raises:
        CatalogueError: the file is not valid, or words an item that no template can find fault with.
    """
    wordings: dict[str, tuple[ShippedWording, ...]] = _decode(
        folder / "wordings.json", dict[str, tuple[ShippedWording, ...]]
    )
    graded = {item.code for template in load_catalogue(folder) for item in template.items if item.severity is not None}
    if unknown := sorted(wordings.keys() - graded):
        raise CatalogueError(f"wordings.json: no graded items: {unknown}")
    return wordings


def _read_template(path: Path, policies: tuple[PolicyDocument, ...]) -> Template:
    template: Template = _decode(path, Template)
    if template.policies:
        raise CatalogueError(f"{path.name}: policies belong into policies.json")
    used = {basis.document for item in template.items for basis in item.basis}
    template = msgspec.structs.replace(template, policies=tuple(policy for policy in policies if policy.code in used))
    try:
        check_template(template)
    except CatalogueError as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    return template


def _decode(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.DecodeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error

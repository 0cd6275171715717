"""The policy library: what the basis of an item is picked from."""

from collections.abc import Mapping
from typing import Any

from backend.inspections import catalogue
from backend.inspections.models import ChecklistTemplate, TemplateStatus
from backend.inspections.rules.checklist import PolicyDocument


def library(county_id: int) -> dict[str, PolicyDocument]:
    """By code: the documents of the shipped catalogue, and of the county's published checklists, which prevail."""
    rows = ChecklistTemplate.objects.filter(county_id=county_id, status=TemplateStatus.PUBLISHED).order_by("code")
    found = {policy.code: policy for policy in catalogue.load_policies()}
    return found | {policy.code: policy for row in rows for policy in row.parsed.policies}


def matching(county_id: int, words: str) -> list[PolicyDocument]:
    """Those whose code, name or number contains all of the words, in the order of the library."""
    wanted = words.casefold().split()
    rows = library(county_id).values()
    return [row for row in rows if all(word in f"{row.code} {row.name} {row.number}".casefold() for word in wanted)]


def completed(county_id: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the documents its items rest on: whoever names the code of a document has picked it.

    What the content brings along itself stays as it is; what nobody knows is left for the check to name.
    """
    given = content.get("policies", [])
    if not isinstance(given, list):
        return dict(content)
    present = {policy.get("code") for policy in given if isinstance(policy, Mapping)}
    absent = [code for code in _named(content) if code not in present]
    known = library(county_id) if absent else {}
    picked = [catalogue.policy_document(known[code]) for code in absent if code in known]
    return {**content, "policies": [*given, *picked]} if picked else dict(content)


def _named(content: Mapping[str, Any]) -> list[str]:
    items = content.get("items")
    rows = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list | tuple) else []
    lists = [item["basis"] for item in rows if isinstance(item.get("basis"), list | tuple)]
    return list(dict.fromkeys(basis["document"] for named in lists for basis in named if _names(basis)))


def _names(basis: object) -> bool:
    return isinstance(basis, Mapping) and isinstance(basis.get("document"), str)

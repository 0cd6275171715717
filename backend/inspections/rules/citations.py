"""How the basis of an item reads in a paper: 《…》（文号）第三条."""

from collections.abc import Mapping

from backend.inspections.rules.checklist import Item, LegalBasis, PolicyDocument, Template


def citation(policy: PolicyDocument, basis: LegalBasis) -> str:
    """Name, document number in brackets where known, and article."""
    number = f"（{policy.number}）" if policy.number else ""
    return f"{policy.name}{number}{basis.article}"


def stored_citation(entry: Mapping[str, str]) -> str:
    """How one entry `{document, name, article}` of a finding's stored basis reads: the name as it is, its brackets
    included, and the article; a bare name gets its brackets."""
    name = entry.get("name") or entry.get("document") or ""
    return f"{name if '《' in name else f'《{name}》'}{entry.get('article') or ''}"


def citations(template: Template, item: Item) -> tuple[str, ...]:
    """What a notice may cite for the item, in its order; none if it rests on local drafts or defaults alone."""
    policies = {policy.code: policy for policy in template.policies}
    return tuple(citation(policies[basis.document], basis) for basis in item.basis if policies[basis.document].citable)

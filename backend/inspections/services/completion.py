"""What is missing before a visit may be submitted: answers, signatures, evidence, papers."""

from collections.abc import Iterable, Mapping
from typing import Any

from backend.inspections.models import Visit, VisitKind, VisitMode
from backend.inspections.rules.checklist import AnswerType, Item, Template
from backend.inspections.rules.completeness import Missing, missing_for_submit
from backend.inspections.rules.footing import before_submission
from backend.inspections.rules.proofs import Attached
from backend.inspections.selectors import crews, templates
from backend.inspections.selectors.content import standing
from backend.inspections.services.dossier import Dossier

Answers = Mapping[str, Mapping[str, Any]]

UNASKED = ("unanswered", "too_few_photos", "unsigned", "no_proof")
"""What nobody can be blamed for who was not let in."""


def gaps(dossier: Dossier, answers: Answers) -> list[Missing]:
    """Everything that is missing, in the order of the checklists, papers and evidence after it.

    Who was refused entry may submit without what is only to be had inside, and a covert visit that showed no card
    without the unit's signature; a refusal, at the gate or of the signature, is signed by two inspectors (TY-10). A
    review looks at what had failed: of the other questions only the general page is waited for.
    """
    visit = dossier.visit
    pinned = dossier.templates
    filled = {**signed(visit, pinned), **answers}
    kind, grades = templates.target_type(visit.target), templates.grades_of(visit.target)
    items = {item.code: item for template in pinned for item in template.items}
    at: dict[object, str] = {row.pk: row.answer_key or row.item_code for row in standing(dossier.findings.values())}
    rows = dossier.evidence.values()
    attached = [Attached(row.answer_key or at.get(row.finding_id, ""), row.kind) for row in rows]
    found = missing_for_submit(pinned, filled, kind, grades, attached)
    found = [gap for gap in found if not _excused(visit, items, gap) and not _beside_review(visit, pinned, gap)]
    return found + _witnesses(dossier, items, filled) + _papers(visit) + _unknown_evidence(dossier, items, answers)


def signed(visit: Visit, pinned: Iterable[Template]) -> dict[str, dict[str, Any]]:
    """Signatures given by `visit.sign` stand for the signature items, which nobody then answers a second time."""
    given = visit.signatures or {}
    filled: dict[str, dict[str, Any]] = {}
    for item in (item for template in pinned for item in template.items if item.type is AnswerType.SIGNATURE):
        ids = given.get("unit" if item.refusable else "inspectors", [])
        refused = given.get("refused", "") if item.refusable else ""
        if ids or refused:
            filled[item.code] = {"value": ids, "note": refused}
    return filled


def was_refused(visit: Visit) -> bool:
    """Whether the crew was not let in."""
    return visit.entry is not None and not visit.entry["admitted"]


def _excused(visit: Visit, items: Mapping[str, Item], gap: Missing) -> bool:
    if was_refused(visit):
        return gap.code in UNASKED and not _of_inspectors(items, gap.key)
    item = items.get(_code(gap.key))
    unseen = visit.mode == VisitMode.COVERT and visit.entry is None
    return unseen and item is not None and item.type is AnswerType.SIGNATURE and item.refusable


def _beside_review(visit: Visit, pinned: Iterable[Template], gap: Missing) -> bool:
    """Whether the gap is a question that a review need not ask."""
    if visit.kind != VisitKind.REVIEW_VISIT or gap.code != "unanswered":
        return False
    return all(_code(gap.key) != item.code for one in pinned if one.code == templates.GENERAL for item in one.items)


def _of_inspectors(items: Mapping[str, Item], key: str) -> bool:
    item = items.get(_code(key))
    return item is not None and item.type is AnswerType.SIGNATURE and not item.refusable


def _witnesses(dossier: Dossier, items: Mapping[str, Item], filled: Answers) -> list[Missing]:
    """A refusal needs two inspectors' signatures, wherever two were sent."""
    visit = dossier.visit
    if not (was_refused(visit) or _signature_refused(items, filled)) or visit.assignment.own:
        return []
    names = max((len(one["value"]) for key, one in filled.items() if _of_inspectors(items, key)), default=0)
    if names >= 2 or len(crews.present(visit.assignment)) < 2:
        return []
    return [Missing("signatures.inspectors", "two_inspectors", "被查单位拒签或拒绝检查的，须由两名以上督查员签名。")]


def _signature_refused(items: Mapping[str, Item], filled: Answers) -> bool:
    refusable = [one for key, one in filled.items() if _code(key) in items and items[_code(key)].refusable]
    return any(not one["value"] and str(one["note"]).strip() for one in refusable)


def _papers(visit: Visit) -> list[Missing]:
    cards, number = visit.details.get("cards") or [], visit.details.get("notice_number") or ""
    return before_submission(visit.kind, certificates=len({card.strip() for card in cards} - {""}), check_notice=number)


def _unknown_evidence(dossier: Dossier, items: Mapping[str, Item], answers: Answers) -> list[Missing]:
    """What names evidence that nobody has added: answers, signatures, fixes on the spot."""
    known = {str(pk) for pk in dossier.evidence}
    named = [*_named_by_answers(items, answers), *_named_by_signatures(dossier.visit), *_named_by_fixes(dossier)]
    return [Missing(key, "unknown_evidence", "所列的佐证尚未登记。") for key, ids in named if not known.issuperset(ids)]


def _named_by_answers(items: Mapping[str, Item], answers: Answers) -> list[tuple[str, list[str]]]:
    media = (AnswerType.PHOTO, AnswerType.SIGNATURE)
    return [(key, one["value"]) for key, one in answers.items() if items[_code(key)].type in media]


def _named_by_signatures(visit: Visit) -> list[tuple[str, list[str]]]:
    given = visit.signatures or {}
    return [(f"signatures.{name}", given.get(name, [])) for name in ("inspectors", "unit")]


def _named_by_fixes(dossier: Dossier) -> list[tuple[str, list[str]]]:
    fixes = [(row.number, row.on_spot) for row in standing(dossier.findings.values()) if row.on_spot]
    return [(f"findings.{number}.on_spot", [*fix["before"], *fix["after"]]) for number, fix in fixes]


def _code(key: str) -> str:
    return key.partition("#")[0]

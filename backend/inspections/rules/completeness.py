"""What is missing before a visit may be submitted (workflow §1: a valid visit has all mandatory items answered)."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from backend.inspections.rules.answer_keys import AnswerKey, parse_key
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.applicability import items_for
from backend.inspections.rules.checklist import AnswerType, Item, TargetType, Template, TextFormat
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.proofs import Attached, missing_proofs
from backend.inspections.rules.visibility import numbers_shown, shown

Answer = Mapping[str, object]
"""A stored answer; ``value`` and ``note`` are read, anything else is ignored."""


class Missing(NamedTuple):
    """One gap: the answer key (the item code where nothing is answered yet), a stable code, the reason in Chinese."""

    key: str
    code: str
    message_zh: str


def missing_for_submit(
    templates: Iterable[Template],
    answers: Mapping[str, Answer],
    target_type: TargetType,
    grades: Collection[int] | None = None,
    evidence: Collection[Attached] = (),
) -> list[Missing]:
    """Every gap of the visit, in the order of the templates and their items.

    Mandatory is every item that applies, except optional ones and long texts. Items that repeat need at least one
    answer. Photos and signatures need their minimum; a refusable signature may be replaced by a note with the reason.
    Answers that could not be stored under the rules count as missing. What a condition hides is not missing, whatever
    was answered to it before. ``evidence`` is what is attached, for items that insist on proof.
    """
    keys = _keys_by_code(answers)
    visit = _Visit(answers, target_type, grades, evidence)
    return [
        gap
        for template in templates
        for item in items_for(template, target_type, grades)
        for gap in _gaps(visit, template, item, {key: answers[key] for key in keys.get(item.code, [])})
    ]


class _Visit(NamedTuple):
    answers: Mapping[str, Answer]
    target_type: TargetType
    grades: Collection[int] | None
    evidence: Collection[Attached]


def is_mandatory(item: Item) -> bool:
    """Whether an item that applies has to be answered: neither optional nor a long text."""
    return not item.optional and item.format is not TextFormat.LONG


def _keys_by_code(answers: Mapping[str, Answer]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for key in answers:
        try:
            keys.setdefault(parse_key(key).code, []).append(key)
        except RuleError:
            continue
    return keys


def _gaps(visit: _Visit, template: Template, item: Item, answers: Mapping[str, Answer]) -> list[Missing]:
    numbers = numbers_shown(template, item, visit.answers) if item.show_if else None
    if item.show_if:
        answers = {
            key: one for key, one in answers.items() if shown(template, item, visit.answers, parse_key(key).number)
        }
    gaps = [gap for key, answer in answers.items() if (gap := _gap(item, key, answer, visit.grades))]
    unanswered = [Missing(key, "unanswered", f"未填写：{item.text}") for key in _expected(item, numbers, answers)]
    lacking = missing_proofs(template, item, visit.answers, answers, visit.target_type, visit.evidence)
    return unanswered + gaps + [Missing(key, "no_proof", reason) for key, reason in lacking]


def _expected(item: Item, numbers: list[int] | None, answers: Mapping[str, Answer]) -> list[str]:
    """The keys that have to be there and are not."""
    if not is_mandatory(item):
        return []
    if numbers is None:
        return [] if answers else [item.code]
    return [key for number in numbers if (key := str(AnswerKey(item.code, number))) not in answers]


def _gap(item: Item, key: str, answer: Answer, grades: Collection[int] | None) -> Missing | None:
    value, note = answer.get("value"), answer.get("note", "")
    try:
        validate_answer(item, key, value, note, grades=grades)
    except RuleError as error:
        return Missing(key, "invalid", f"{item.text}：{error.message_zh}")
    if is_mandatory(item) and isinstance(value, list) and item.count:
        return _count_gap(item, key, len(value), refused=item.refusable and bool(str(note).strip()))
    return None


def _count_gap(item: Item, key: str, present: int, *, refused: bool) -> Missing | None:
    least = item.count.minimum if item.count else 0
    if present >= least or refused:
        return None
    if item.type is AnswerType.SIGNATURE:
        reason = "缺少签名" + ("；拒签的请在备注中写明原因" if item.refusable else "")
        return Missing(key, "unsigned", f"{item.text}：{reason}")
    return Missing(key, "too_few_photos", f"{item.text}：至少{least}张照片，现有{present}张")

"""Evidence that an item insists on: present with every answer, or with every one that does not pass."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from backend.inspections.rules.answer_keys import AnswerKey, parse_key
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.checklist import Item, Proof, ProofKind, ProofWhen, Repeat, TargetType, Template
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.verdicts import Verdict, respondent_grade, verdict

Answers = Mapping[str, Mapping[str, object]]

PROOF_ZH = {ProofKind.PHOTO: "照片", ProofKind.DOCUMENT: "材料"}


class Attached(NamedTuple):
    """One piece of evidence at an answer: its key (the item's code alone counts for all its answers) and kind."""

    key: str
    kind: str


def missing_proofs(
    template: Template,
    item: Item,
    everything: Answers,
    own: Answers,
    target_type: TargetType,
    evidence: Collection[Attached],
) -> Iterator[tuple[str, str]]:
    """Answers of the item that lack the evidence it requires: key, and the reason in Chinese.

    ``everything`` are all answers of the visit, ``own`` those of the item that are shown.
    """
    if item.proof is None:
        return
    for key, answer in own.items():
        if _is_required(template, item, item.proof, everything, key, answer, target_type):
            present = sum(one.kind == item.proof.kind and one.key in (key, item.code) for one in evidence)
            if present < item.proof.minimum:
                what = PROOF_ZH[item.proof.kind]
                yield key, f"{item.text}：至少附{item.proof.minimum}份{what}，现有{present}份"


def _is_required(
    template: Template,
    item: Item,
    proof: Proof,
    everything: Answers,
    key: str,
    answer: Mapping[str, object],
    target_type: TargetType,
) -> bool:
    value = answer.get("value")
    if proof.when is ProofWhen.ALWAYS:
        return value != "na"
    try:
        validate_answer(item, key, value)
    except RuleError:
        return False
    return verdict(item, value, target_type, grade_of(template, item, everything, parse_key(key))) is Verdict.FAIL


def grade_of(template: Template, item: Item, answers: Answers, key: AnswerKey) -> int | None:
    """The grade an answer is about: the key's own, or what its respondent said; None if nobody knows."""
    if item.repeat is Repeat.GRADE:
        return key.number
    return respondent_grade(template, answers, key.number) if item.repeat is Repeat.RESPONDENT else None

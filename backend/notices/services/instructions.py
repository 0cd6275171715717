"""Leadership's instructions (批示, workflow.md section 12): given, told to the office, answered; never taken back."""

import uuid

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core.actor import Actor
from backend.core.errors import Forbidden, Invalid
from backend.journal.models.subject import Subject
from backend.journal.writing import write
from backend.notices.models import InstructionAnswer, LeaderInstruction
from backend.notices.models.instruction import WORDS
from backend.notices.selectors import instructions


def give(*, actor: Actor, subject: Subject, name: str, text: str) -> LeaderInstruction:
    """Leadership writes about `subject`, which the caller found as one that the actor may see; `name` is what it is
    called. The office is told. Raises `Forbidden`, `Invalid(text)`.
    """
    if not actor.has(Role.LEADERSHIP):
        raise Forbidden()
    words = _words(text, "请写明批示内容。")
    with write(actor=actor) as change:
        row = LeaderInstruction.objects.create(
            county_id=actor.county_id,
            subject_kind=subject.journal_kind,
            subject_id=subject.journal_id,
            subject_name=name[:200],
            text=words,
            by=actor.person,
            by_name=actor.name,
        )
        office = people.with_role(actor.county_id, {Role.OFFICE})
        change.tell("instruction.given", office, row, name=row.subject_name)
        change.log("instruction.given", row, about=f"{subject.journal_kind}/{subject.journal_id}", text=words)
    return row


def answer(*, actor: Actor, instruction_id: uuid.UUID, text: str) -> InstructionAnswer:
    """The office says what was done; whoever gave the instruction is told. Raises `Forbidden`, `NotFound`,
    `Invalid(text)`.
    """
    if not actor.has(Role.OFFICE):
        raise Forbidden()
    words = _words(text, "请写明办理情况。")
    with write(actor=actor) as change:
        given = instructions.get(actor, instruction_id)
        row = InstructionAnswer.objects.create(instruction=given, text=words, by=actor.person, by_name=actor.name)
        change.tell("instruction.answered", [given.by], given, name=given.subject_name)
        change.log("instruction.answered", given, text=words)
    return row


def _words(text: str, missing: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid("text", missing, path="text", msg=missing)
    if len(words) > WORDS:
        raise Invalid("text", f"不超过{WORDS}字。", path="text", msg=f"不超过{WORDS}字。")
    return words

"""The two editions of an issue: what each is called, and what it leaves out (workflow.md sections 11 and 12)."""

from dataclasses import dataclass
from enum import StrEnum


class Edition(StrEnum):
    LEADERSHIP = "leadership"
    """With names, list of the late, extract of the ledger: for leadership, departments and teams."""

    SCHOOL = "school"
    """For inspected units and member departments: names only where a published circular decided so."""


LABELS: dict[str, str] = {Edition.LEADERSHIP: "领导版", Edition.SCHOOL: "学校版"}
VALUES = [(str(edition), label) for edition, label in LABELS.items()]


@dataclass(frozen=True, slots=True)
class EditionSubject:
    """An edition as a subject of its own: each paper has its own short code."""

    journal_kind: str
    journal_id: str


def subject(bulletin_id: object, edition: str) -> EditionSubject:
    """The subject of an edition's code: `bulletin.leadership`, `bulletin.school`."""
    return EditionSubject(f"bulletin.{edition}", str(bulletin_id))

"""The office's work on a draft: words, never figures; and the review."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin
from backend.bulletins.services.steps import changing
from backend.core.actor import Actor
from backend.core.errors import Invalid


def edit(*, actor: Actor, bulletin_id: uuid.UUID, texts: Mapping[str, Any]) -> Bulletin:
    """Replace the given text parts of a draft; the others stay. Figures, places and states come from the snapshot.

    `cases` are chosen from the snapshot's candidates by their finding. Raises `NotFound`, `Forbidden`,
    `Conflict(bad_state)`, `Invalid(unknown_case)`.
    """
    with changing(actor=actor, bulletin_id=bulletin_id) as step:
        step.check("edit")
        if "cases" in texts:
            _check_cases(step.bulletin, texts["cases"])
        step.bulletin.texts = {**step.bulletin.texts, **texts}
        step.change.log("bulletin.edit", step.bulletin, parts=sorted(texts))
    return step.bulletin


def _check_cases(bulletin: Bulletin, cases: Sequence[Mapping[str, Any]]) -> None:
    known = {one["finding"] for one in bulletin.facts["cases"]}
    chosen = [one["finding"] for one in cases]
    if not known.issuperset(chosen) or len(set(chosen)) != len(chosen):
        raise Invalid("unknown_case", "典型问题只能从本期候选中选择，且不能重复。", path="cases")


def review(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """The office has checked the draft; it waits for its signature. Raises like `edit`."""
    with changing(actor=actor, bulletin_id=bulletin_id) as step:
        step.take("review")
        step.bulletin.reviewed_by = actor.name
        signers = people.with_role(actor.county_id, {Role.LEADERSHIP})
        step.change.tell("bulletin.reviewed", signers, step.bulletin, title=step.bulletin.title)
    return step.bulletin


def revise(*, actor: Actor, bulletin_id: uuid.UUID, reason: str) -> Bulletin:
    """Back to the draft, with a reason. Raises like `edit`."""
    with changing(actor=actor, bulletin_id=bulletin_id) as step:
        step.take("revise", reason)
        step.bulletin.reviewed_by = ""
        step.change.tell(
            "bulletin.revised",
            people.with_role(actor.county_id, {Role.OFFICE}),
            step.bulletin,
            title=step.bulletin.title,
        )
    return step.bulletin

"""The office's work on a draft: words, never figures; and the review."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin
from backend.bulletins.rules import wording
from backend.bulletins.selectors import bulletins, consulted
from backend.bulletins.services import handing, versions
from backend.bulletins.services.steps import changing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound
from backend.inspections.selectors import copies

MOST_PRACTICES = 3


def edit(*, actor: Actor, bulletin_id: uuid.UUID, texts: Mapping[str, Any], based_on: int | None = None) -> Bulletin:
    """Replace the given text parts of a draft; the others stay. Figures, places and states come from the snapshot.

    `cases` are chosen from the snapshot's candidates by their finding, photos from the copies that may be shown now.
    `based_on` is the version of the texts that the writer read: what somebody else has changed since is not written
    over unseen. Raises `NotFound`, `Forbidden`, `Conflict`: `bad_state`, `edited_elsewhere` (with the `parts`),
    `Invalid`: `unknown_case`, `unknown_photo`.
    """
    with changing(locked=bulletins.locked, actor=actor, paper_id=bulletin_id) as step:
        step.check("edit")
        if based_on is not None:
            versions.check_unchanged(step.paper, based_on, texts)
        if "cases" in texts:
            _check_cases(step.paper, texts["cases"])
        _check_photos(step.paper, texts)
        step.paper.texts = {**step.paper.texts, **texts}
        step.paper.texts_version += 1
        versions.keep(step.change, step.paper, sorted(texts))
        step.change.log("bulletin.edit", step.paper, parts=sorted(texts), version=step.paper.texts_version)
    return step.paper


def restore(*, actor: Actor, bulletin_id: uuid.UUID, part: str, based_on: int | None = None) -> Bulletin:
    """Put the words of one part back as the product wrote them over the figures. Raises like `edit`, and `NotFound` for
    a part that only people write.
    """
    if part not in wording.PARTS:
        raise NotFound("part", part)
    words = wording.PARTS[part](bulletins.get(actor, bulletin_id).facts)
    return edit(actor=actor, bulletin_id=bulletin_id, texts={part: words}, based_on=based_on)


def adopt(*, actor: Actor, bulletin_id: uuid.UUID, target: str, based_on: int | None = None) -> Bulletin:
    """Add a candidate of the snapshot to the good practices. Raises like `edit`, and `Invalid(too_many)`."""
    bulletin = bulletins.get(actor, bulletin_id)
    found = next((one for one in bulletin.facts.get("practices", ()) if one["target"] == target), None)
    if found is None:
        raise Invalid("unknown_case", "好的做法只能从本期候选中采用。", path="target")
    chosen = bulletin.texts["good_practices"]
    if len(chosen) >= MOST_PRACTICES:
        raise Invalid("too_many", f"好的做法最多{MOST_PRACTICES}条。", path="good_practices")
    added = {name: found[name] for name in ("place", "text", "photos")}
    return edit(actor=actor, bulletin_id=bulletin_id, texts={"good_practices": [*chosen, added]}, based_on=based_on)


def _check_cases(bulletin: Bulletin, cases: Sequence[Mapping[str, Any]]) -> None:
    known = {one["finding"]: set(one.get("photos", ())) for one in bulletin.facts["cases"]}
    chosen = [one["finding"] for one in cases]
    if not known.keys() >= set(chosen) or len(set(chosen)) != len(chosen):
        raise Invalid("unknown_case", "典型问题只能从本期候选中选择，且不能重复。", path="cases")
    if any(not known[one["finding"]].issuperset(one.get("photos", ())) for one in cases):
        raise Invalid("unknown_photo", "照片只能从该问题的候选照片中选择。", path="cases")


def _check_photos(bulletin: Bulletin, texts: Mapping[str, Any]) -> None:
    wanted = {sha256 for one in texts.get("good_practices", ()) for sha256 in one.get("photos", ())}
    missing = [one for one in wanted if not copies.could_be_shown(bulletin.county_id, one, clock.now())]
    if missing:
        raise Invalid("unknown_photo", "照片须先脱敏或审定，方可选用。", path="good_practices")


def consult(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """Ask the heads of departments and stations for their remarks on the draft. Raises like `edit`."""
    with changing(locked=bulletins.locked, actor=actor, paper_id=bulletin_id) as step:
        step.take("consult")
        step.paper.consulted_at = clock.now()
        heads = people.with_role(actor.county_id, consulted.HEADS)
        step.tell("consulted", heads)
    return step.paper


def review(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """The office has checked the draft; it waits for its signature. Raises like `edit`."""
    return handing.review(locked=bulletins.locked, actor=actor, paper_id=bulletin_id)


def revise(*, actor: Actor, bulletin_id: uuid.UUID, reason: str) -> Bulletin:
    """Back to the draft, with a reason. Raises like `edit`."""
    return handing.revise(locked=bulletins.locked, actor=actor, paper_id=bulletin_id, reason=reason)

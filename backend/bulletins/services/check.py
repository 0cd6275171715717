"""What the office should see before it hands a draft on: nothing here stops it, everything is said."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.editions import LABELS, Edition
from backend.bulletins.rules.parts import PART_NAMES
from backend.bulletins.selectors import circulars, consulted
from backend.bulletins.services import school_paper, signing
from backend.bulletins.services.paper import lost_photos
from backend.core import clock, codec

PRINTED_FOR = 3600
"""Seconds for which a process remembers what the press said of a draft."""

MAY_BE_EMPTY = ("next_steps", "cases", "good_practices")


@dataclass(frozen=True, slots=True)
class Hint:
    """A stable code and one Chinese sentence."""

    code: str
    detail: str


def hints(bulletin: Bulletin) -> list[Hint]:
    """Of a draft or reviewed issue: figures of an unfinished period, photos that cannot be printed, characters that no
    face has, names that the school edition hides, remarks that nobody has settled, and parts without a word.
    """
    found: list[Hint] = []
    if bulletin.cut_off < bulletin.period.ends_at:
        found.append(Hint("snapshot_incomplete", "数据汇编于时段结束之前，签发前须重新汇编。"))
    lost = lost_photos(bulletin)
    found += [Hint("photo_missing", text) for text in lost]
    for edition in Edition:
        found += [Hint("print", f"{LABELS[edition]}：{text}") for text in _said_by_the_press(bulletin, edition, lost)]
    found += [
        Hint("name_hidden", f"“{PART_NAMES[part]}”写有单位名称（{'、'.join(names[:5])}），学校版将隐去。")
        for part, names in school_paper.named_in(bulletin).items()
    ]
    empty = [
        name
        for part, name in PART_NAMES.items()
        if part not in MAY_BE_EMPTY and not any(text.strip() for text in bulletin.texts.get(part, ()))
    ]
    found += [Hint("part_empty", f"“{name}”没有文字。") for name in empty]
    if open_ := bulletin.comments.filter(settled_at__isnull=True, at__lte=clock.now()).count():
        found.append(Hint("comments_open", f"还有{open_}条意见未处理。"))
    if silent := consulted.silent(bulletin):
        found.append(Hint("heads_silent", f"征求意见尚有{len(silent)}位负责人未反馈：{'、'.join(silent[:5])}。"))
    return found


def _said_by_the_press(bulletin: Bulletin, edition: Edition, lost: Sequence[str]) -> tuple[str, ...]:
    """The warnings of a proof. Drawing one takes longer than the rest of a page, and the editor opens again with every
    deed: the same figures, words, photos and names in public are drawn once.
    """
    named = circulars.naming(bulletin.county_id, clock.now()) if edition == Edition.SCHOOL else {}
    drawn_from = codec.stable([bulletin.pk, bulletin.version, bulletin.texts_version, edition, lost, named])
    key = f"bulletin-proof-{hashlib.sha256(drawn_from).hexdigest()}"
    return cache.get_or_set(key, lambda: signing.drawn(bulletin, edition).warnings, PRINTED_FOR) or ()

"""The words of a draft: every part, cases and good practice picked with their photos, versions, the page beside it."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from backend.bulletins.models import Bulletin, BulletinTextVersion
from backend.bulletins.rules.editions import LABELS as EDITIONS
from backend.bulletins.rules.parts import PART_NAMES
from backend.bulletins.rules.wording import PARTS
from backend.bulletins.selectors import bulletins
from backend.bulletins.services import check, editing, offers
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.desk import pages
from backend.desk.bulletin_forms import (
    CasesForm,
    PracticesForm,
    WordsForm,
    cases_begin_with,
    practices_begin_with,
)
from backend.desk.deeds import Deed
from backend.desk.staff import StaffPage, stamp_of
from backend.desk.views.staff.bulletins import MAKERS


def _words(actor: Actor, bulletin: Bulletin, values: dict[str, Any]) -> object:
    changed = {part: text for part, text in values.items() if text != list(bulletin.texts.get(part, ()))}
    return _edited(actor, bulletin, changed)


def _edited(actor: Actor, bulletin: Bulletin, texts: dict[str, Any]) -> Bulletin:
    """Nothing that somebody else wrote since the page was read is written over."""
    if not texts:
        return bulletin
    return editing.edit(actor=actor, bulletin_id=bulletin.pk, texts=texts, based_on=bulletin.texts_version)


DEEDS = (
    Deed("words", "保存文字", _words, "文字已保存。", WordsForm, tone="main"),
    Deed(
        "cases",
        "选定典型问题",
        lambda actor, bulletin, values: _edited(actor, bulletin, {"cases": values["cases"]}),
        "典型问题已选定。",
        CasesForm,
        explains="候选为本期最严重且已认定的问题；照片须先脱敏或审定才会出现。",
    ),
    Deed(
        "practices",
        "编写好的做法",
        lambda actor, bulletin, values: _edited(actor, bulletin, {"good_practices": values["practices"]}),
        "好的做法已保存。",
        PracticesForm,
    ),
    Deed(
        "adopt",
        "采用",
        lambda actor, bulletin, values: editing.adopt(
            actor=actor, bulletin_id=bulletin.pk, target=values["row"], based_on=bulletin.texts_version
        ),
        "已采用，请补写具体做法。",
        row=True,
    ),
    Deed(
        "restore",
        "恢复系统文字",
        lambda actor, bulletin, values: editing.restore(
            actor=actor, bulletin_id=bulletin.pk, part=values["row"], based_on=bulletin.texts_version
        ),
        "已恢复系统按数据写出的文字。",
        row=True,
    ),
)


class BulletinWordsPage(StaffPage[Bulletin]):
    """The editor of a draft."""

    template = "staff/bulletin_words.html"
    roles = MAKERS
    deeds = DEEDS

    def find(self, actor: Actor, **key: Any) -> Bulletin:
        return bulletins.get(actor, uuid.UUID(str(key["bulletin_id"])))

    def stamp(self, found: Bulletin) -> str:
        return stamp_of(found.state, found.version, found.texts_version)

    def offered(self, actor: Actor, found: Bulletin) -> frozenset[str]:
        return frozenset(deed.name for deed in DEEDS) if "edit" in offers.of(actor, found) else frozenset()

    def initial(self, actor: Actor, found: Bulletin, deed: Deed, row: str) -> dict[str, Any]:
        if deed.name == "words":
            return {part: "\n".join(found.texts.get(part, ())) for part in PARTS}
        if deed.name == "cases":
            return cases_begin_with(found.facts["cases"], found.texts["cases"])
        return practices_begin_with(found.texts["good_practices"]) if deed.name == "practices" else {}

    def form(self, actor: Actor, found: Bulletin, deed: Deed, **more: Any) -> forms.Form:
        if deed.name == "cases":
            return CasesForm(candidates=found.facts["cases"], **more)
        if deed.name == "practices":
            return PracticesForm(photos=_photos(found), **more)
        return deed.form(**more)

    def context(self, request: HttpRequest, actor: Actor, found: Bulletin) -> dict[str, Any]:
        facts, texts = found.facts, found.texts
        written = {part: write(facts) for part, write in PARTS.items()}
        return {
            "bulletin": found,
            "editions": list(EDITIONS.items()),
            "hints": check.hints(found) if "edit" in offers.of(actor, found) else [],  # a signed issue stays as it is
            "candidates": [one for one in facts["cases"] if one.get("photos")],
            "practices": facts.get("practices", ()),
            "photos": _photos(found),
            "rewritten": [
                (part, PART_NAMES[part], text) for part, text in written.items() if list(texts.get(part, ())) != text
            ],
            "versions": [(row, _names(row)) for row in found.text_versions.defer("texts").order_by("-number")[:20]],
            "remarks": found.comments.filter(settled_at__isnull=True).order_by("id"),
            "part_names": PART_NAMES,
        }

    def _page(self, *args: Any, **more: Any) -> HttpResponse:
        """The printed page stands beside the words: a frame of our own."""
        answer = super()._page(*args, **more)
        answer["Content-Security-Policy"] = f"{pages.POLICY}; frame-src 'self'"
        return answer


def _photos(bulletin: Bulletin) -> list[str]:
    """Copies that good practice may show: of its candidates, and those already chosen."""
    found = [sha256 for one in bulletin.facts.get("practices", ()) for sha256 in one["photos"]]
    found += [sha256 for one in bulletin.texts["good_practices"] for sha256 in one.get("photos", ())]
    return list(dict.fromkeys(found))


def _names(row: BulletinTextVersion) -> str:
    return "、".join(PART_NAMES.get(part, part) for part in row.parts)


class BulletinVersionPage(StaffPage[BulletinTextVersion]):
    """One version of the words, whole."""

    template = "staff/bulletin_version.html"
    roles = MAKERS

    def find(self, actor: Actor, **key: Any) -> BulletinTextVersion:
        bulletin = bulletins.get(actor, uuid.UUID(str(key["bulletin_id"])))
        found = bulletin.text_versions.filter(number=min(int(key["number"]), 2**31 - 1)).first()
        if found is None:
            raise NotFound("text_version", key["number"])
        return found

    def context(self, request: HttpRequest, actor: Actor, found: BulletinTextVersion) -> dict[str, Any]:
        texts = found.texts
        cases = [one["text"] for one in texts.get("cases", ())]
        practices = [f"{one['place']}。{one['text']}" for one in texts.get("good_practices", ())]
        words = {part: texts.get(part, ()) for part in PARTS} | {"cases": cases, "good_practices": practices}
        return {
            "bulletin": found.bulletin,
            "version": found,
            "parts": [(name, words[part], part in found.parts) for part, name in PART_NAMES.items()],
        }

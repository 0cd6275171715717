"""The school edition: figures of the county, and no unit by name unless a published circular decided so.

Made from the same snapshot and the same words as the leadership edition. Left out: teams and daily coverage (how
inspections go about), lists of the late, districts, the ledger, the list of serious findings, and the next steps, which
tell where inspectors go next; what was done is told without tracks. Names of units in the words are replaced.
"""

from typing import Any

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.naming import ANONYMOUS
from backend.bulletins.rules.veil import Veil
from backend.bulletins.rules.wording import Figures
from backend.bulletins.services import annexes
from backend.bulletins.services import paper as whole
from backend.bulletins.services.imprint import Imprint, masthead, verification
from backend.core import clock
from backend.documents import bulletin_data as data

SHARED = ("findings", "homework", "after_school", "managements", "institutions", "rectification", "tips")
"""Words that both editions print."""

OWN = ("school_inspection", "school_next_steps")
"""Words that stand only in this one."""

PARTS = (*SHARED, *OWN)

ISSUE_TO = ("各学校", "各校外培训机构", "各成员单位")


def paper(bulletin: Bulletin, imprint: Imprint) -> data.Bulletin:
    """The school edition of an issue."""
    facts = bulletin.facts
    f, veil = Figures(facts), Veil(facts.get("units", ()))
    texts = veiled(bulletin, veil)
    return data.Bulletin(
        masthead=masthead(bulletin, imprint, facts["county"]["issuer"]),
        period_start=bulletin.period_start,
        period_end=bulletin.period_end,
        issued_at=imprint.at.astimezone(clock.CHINA),
        data_cut=bulletin.cut_off.astimezone(clock.CHINA),
        data_note=whole.LATE_NOTE,
        left_out=frozenset({"teams", "coverage", "districts", "late"}),
        figures=whole.overview(f),
        inspection=data.Section(texts["school_inspection"]),
        in_school=whole.in_school(f, texts),
        findings_by_category=tuple(whole.category(f, one) for one in facts["categories"]),
        homework=whole.homework(f),
        out_of_school=data.Section(texts["institutions"], tables=(whole.institutions(f),)),
        cases=_cases(bulletin, imprint, veil),
        good_practices=tuple(
            data.TypicalCase(veil.over(one.place), veil.over(one.fact)) for one in whole.practices(bulletin, imprint.at)
        ),
        rectification=data.Section(texts["rectification"]),
        tip_section=data.Section(texts["tips"]),
        tips=whole.tips(f),
        next_steps=data.Section(texts["school_next_steps"]),
        indicator_form=annexes.indicators(f, facts["county"]["issuer"]),
        distribution=data.Distribution(issue_to=ISSUE_TO),
        signers=data.Signers(chief_editor=bulletin.reviewed_by, signed_by=imprint.signed_by),
        verification=verification(bulletin, imprint),
    )


def veiled(bulletin: Bulletin, veil: Veil) -> dict[str, Any]:
    """The words of this edition."""
    texts = bulletin.texts
    return {part: tuple(veil.over(text) for text in texts.get(part, ())) for part in PARTS}


def named_in(bulletin: Bulletin) -> dict[str, list[str]]:
    """By part, the names of units that the words hold and this edition replaces: so that the office sees it."""
    veil = Veil(bulletin.facts.get("units", ()))
    found = {part: veil.names_in("\n".join(bulletin.texts.get(part, ()))) for part in PARTS}
    return {part: names for part, names in found.items() if names}


def _cases(bulletin: Bulletin, imprint: Imprint, veil: Veil) -> tuple[data.TypicalCase, ...]:
    """With name and photos only what a circular named in public; a photo shows whose school it is."""
    known = {one["finding"]: one for one in bulletin.facts["cases"]}
    made = whole.cases(bulletin, imprint.at)
    out = []
    for chosen, case in zip(bulletin.texts["cases"], made, strict=True):
        candidate = known[chosen["finding"]]
        if chosen["finding"] in imprint.named:
            place = f"{candidate['unit']}（{imprint.named[chosen['finding']]}通报）"
            out.append(data.TypicalCase(place, case.fact, case.legal_basis, case.state, case.severity, case.photos))
        else:
            place = ANONYMOUS.get(candidate.get("type", ""), "某单位")
            fact = veil.over(case.fact)
            out.append(data.TypicalCase(place, fact, case.legal_basis, case.state, case.severity))
    return tuple(out)

"""What the press prints, from the row and its snapshot alone: nothing is counted or looked up here, except whether a
photo of the snapshot might be shown when the paper was signed, which no later change answers otherwise."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from backend.bulletins.models import Bulletin
from backend.bulletins.rules import naming
from backend.bulletins.rules.figure_names import FIXED
from backend.bulletins.rules.wording import CLASSES, GRADES, MANAGEMENTS, SEVERITIES, Figures
from backend.bulletins.services import annexes
from backend.bulletins.services.imprint import Imprint, masthead, verification
from backend.core import clock
from backend.documents import bulletin_data as data
from backend.documents.photo_data import Photo
from backend.documents.table_data import Column, TableData
from backend.inspections.services import copies

LIMITS = (0, 0, 60, 60, 60, 60, 90, 90, 90)
IN_TABLES = 41
"""Characters of a finding in the late list and the ledger; the notice has it whole."""

LATE_NOTE = "截止后收到的数据计入下一期。"
DISTRIBUTION = data.Distribution(
    report_to=("县委教育工作领导小组", "县政府分管领导"),
    send_to=("“双减”工作联席会议成员单位",),
    issue_to=("各督查组", "各片区督导站"),
)


def paper(bulletin: Bulletin, imprint: Imprint) -> data.Bulletin:
    """The leadership edition of an issue."""
    facts, texts = bulletin.facts, bulletin.texts
    f = Figures(facts)
    return data.Bulletin(
        masthead=masthead(bulletin, imprint, facts["county"]["issuer"]),
        period_start=bulletin.period_start,
        period_end=bulletin.period_end,
        issued_at=imprint.at.astimezone(clock.CHINA),
        data_cut=bulletin.cut_off.astimezone(clock.CHINA),
        data_note=LATE_NOTE,
        figures=overview(f),
        inspection=data.Section(tuple(texts["inspection"])),
        teams=tuple(_team(f, team) for team in facts["teams"]),
        coverage=tuple(_day(day) for day in facts["coverage_by_day"]),
        in_school=in_school(f, texts),
        findings_by_category=tuple(category(f, one) for one in facts["categories"]),
        homework=homework(f),
        out_of_school=data.Section(tuple(texts["institutions"]), tables=(institutions(f),)),
        cases=cases(bulletin, imprint.at),
        good_practices=practices(bulletin, imprint.at),
        rectification=data.Section(tuple(texts["rectification"])),
        districts=tuple(_district(f, district) for district in facts["districts"]),
        late_items=tuple(_late(item) for item in facts["late"]),
        tip_section=data.Section(tuple(texts.get("tips", ()))),
        tips=tips(f),
        next_steps=data.Section(tuple(texts["next_steps"])),
        indicator_form=annexes.indicators(f, facts["county"]["issuer"]),
        ledger=tuple(_ledger(row) for row in _listed(facts)),
        ledger_note=_ledger_note(facts),
        annexes=annexes.schools(facts.get("visited", ())),
        distribution=DISTRIBUTION,
        signers=data.Signers(chief_editor=bulletin.reviewed_by, signed_by=imprint.signed_by),
        verification=verification(bulletin, imprint),
    )


OVERVIEW = {key: FIXED[key] for key in (
    "visits", "coverage.rate", "findings", "findings.grave", "rectification.on_time.rate", "satisfaction",
)}  # fmt: skip
"""The six figures of 本期要览; nobody has been asked about satisfaction until there are questionnaires."""


def overview(f: Figures) -> tuple[data.Figure, ...]:
    return tuple(
        data.Figure(name.text, f[key]["value"], name.unit, f[key]["previous"], name.decimals)
        for key, name in OVERVIEW.items()
    )


def _team(f: Figures, team: dict[str, str]) -> data.TeamRow:
    key = f"team.{team['code']}"
    return data.TeamRow(
        name=team["name"],
        assigned=int(f.count(f"{key}.assigned")),
        visited=int(f.count(f"{key}.visited")),
        photos=int(f.count(f"{key}.photos")),
        findings=int(f.count(f"{key}.findings")),
        average_score=f[f"{key}.score"]["value"],
    )


def _day(day: dict[str, Any]) -> data.CoveragePoint:
    return data.CoveragePoint(dt.date.fromisoformat(day["day"]), day["actual"], day["target"])


def in_school(f: Figures, texts: dict[str, Any]) -> data.Section:
    parts = (("作业管理", "homework"), ("课后服务", "after_school"), ("五项管理", "managements"))
    return data.Section(
        tuple(texts["findings"]),
        tuple(data.Subsection(title, tuple(texts[part])) for title, part in parts if texts.get(part)),
        tables=(managements(f),),
    )


def managements(f: Figures) -> TableData:
    columns = (
        Column("管理项目", 2),
        Column("检查（所次）", 1.6, "right"),
        Column("均符合（所次）", 1.8, "right"),
        Column("占比", 1.2, "right"),
        Column("发现问题（个）", 1.8, "right"),
    )
    rows = tuple(
        (name, f[f"five.{code}.checked"]["value"], f[f"five.{code}.met"]["value"],
         share(f[f"five.{code}.met.rate"]["value"]), f[f"five.{code}.findings"]["value"])
        for code, name in MANAGEMENTS.items()
    )  # fmt: skip
    return TableData("五项管理检查情况", columns, rows)


def share(value: float | None) -> str | None:
    """A percentage in a table; None where there is no data."""
    return None if value is None else f"{value:.1f}%"


def category(f: Figures, one: dict[str, str]) -> data.CategoryCount:
    return data.CategoryCount(one["name"], int(f.count(f"findings.category.{one['code']}")))


def homework(f: Figures) -> tuple[data.GradeHomework, ...]:
    figures = [f[f"homework.grade.{grade}"] for grade in range(1, len(GRADES) + 1)]
    return tuple(
        data.GradeHomework(name, figure["value"], limit, len(figure["records"]))
        for name, figure, limit in zip(GRADES, figures, LIMITS, strict=True)
    )


def institutions(f: Figures) -> TableData:
    columns = (
        Column("类别", 2),
        Column("检查（家）", 1.4, "right"),
        Column("发现问题（个）", 1.8, "right"),
        Column("账户余额低于最低余额（家）", 2.6, "right"),
    )
    rows = tuple(
        (
            name,
            *(f[f"{kind}.{code}"]["value"] for kind in ("institutions.class", "institutions.findings", "accounts.low")),
        )
        for code, name in CLASSES.items()
    )
    return TableData("校外培训机构检查情况", columns, rows)


def cases(bulletin: Bulletin, at: dt.datetime) -> tuple[data.TypicalCase, ...]:
    """The cases that the office chose, with those of their photos that might be shown at `at`."""
    known = {one["finding"]: one for one in bulletin.facts["cases"]}
    return tuple(
        data.TypicalCase(
            place=known[chosen["finding"]]["place"],
            fact=chosen["text"],
            legal_basis=known[chosen["finding"]]["basis"],
            state=known[chosen["finding"]]["state"],
            severity=known[chosen["finding"]]["severity"],
            photos=_photos(bulletin.county_id, _shown(chosen, known[chosen["finding"]]), at),
        )
        for chosen in bulletin.texts["cases"]
    )


def _shown(chosen: dict[str, Any], candidate: dict[str, Any]) -> list[str]:
    """Hashes of the photos of a case: those that the office picked, else all of the candidate."""
    found: list[str] = chosen.get("photos", candidate.get("photos", []))
    return found


def practices(bulletin: Bulletin, at: dt.datetime) -> tuple[data.TypicalCase, ...]:
    """Good practices as they were written by hand, with the photos picked for them."""
    return tuple(
        data.TypicalCase(one["place"], one["text"], photos=_photos(bulletin.county_id, one.get("photos", ()), at))
        for one in bulletin.texts["good_practices"]
    )


def photos_of(content: data.Bulletin) -> list[bytes]:
    """The photos of a paper, in order."""
    return [photo.content for case in (*content.cases, *content.good_practices) for photo in case.photos]


def may_be_shown(bulletin: Bulletin, photos: Sequence[bytes]) -> bool:
    """Whether a paper made now would have the same photos."""
    now = clock.now()
    made = (*cases(bulletin, now), *practices(bulletin, now))
    return [photo.content for case in made for photo in case.photos] == photos


def picked(bulletin: Bulletin) -> list[str]:
    """Hashes of every photo that the issue means to show."""
    known = {one["finding"]: one for one in bulletin.facts["cases"]}
    of_cases = [sha256 for one in bulletin.texts["cases"] for sha256 in _shown(one, known[one["finding"]])]
    return of_cases + [sha256 for one in bulletin.texts["good_practices"] for sha256 in one.get("photos", ())]


def lost_photos(bulletin: Bulletin) -> list[str]:
    """What to say of photos that the issue means to show and that cannot be: taken back, or lost by the storage."""
    gone = [sha256 for sha256 in picked(bulletin) if _printable(bulletin.county_id, sha256, clock.now()) is None]
    return [f"照片 {sha256[:12]} 已撤回或文件缺失，未能排入。" for sha256 in gone]


def _photos(county_id: int, hashes: Iterable[str], at: dt.datetime) -> tuple[Photo, ...]:
    """Those that might still be shown at `at`: one taken back since is not printed."""
    found = [_printable(county_id, sha256, at) for sha256 in hashes]
    return tuple(Photo(content) for content in found if content is not None)


def _printable(county_id: int, sha256: str, at: dt.datetime) -> bytes | None:
    try:
        return copies.printable(county_id=county_id, sha256=sha256, at=at)
    except FileNotFoundError:  # the draft says so (`lost_photos`); a page without a picture is better than no page
        return None


def tips(f: Figures) -> data.TipCounts | None:
    values = [f[f"tips.{name}"]["value"] for name in ("received", "accepted", "closed", "verified")]
    if any(value is None for value in values):
        return None
    received, accepted, closed, verified = (int(value or 0) for value in values)
    return data.TipCounts(received, accepted, closed, verified)


def _district(f: Figures, district: dict[str, str]) -> data.DistrictRectification:
    key = f"district.{district['code']}"
    counts = {name: int(f.count(f"{key}.{name}")) for name in ("closed", "open_in_time", "late", "reopened", "new")}
    return data.DistrictRectification(district["name"], **counts)


def _late(item: dict[str, Any]) -> data.LateItem:
    return data.LateItem(
        unit=item["unit"],
        document_number=item["document_number"],
        finding=naming.shortened(item["text"], IN_TABLES),
        due_date=dt.date.fromisoformat(item["due_on"]),
        days_late=item["days_late"],
        step=item["step"],
    )


def _ledger_note(facts: dict[str, Any]) -> str:
    others = facts.get("ledger_others", 0)
    rest = f"其余{others}个见系统整改台账。" if others else ""
    return f"本表摘录本期新增和销号的严重、一票否决问题，未列入通知书的无文号；逾期的另列清单。{rest}"


def _listed(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The extract of the ledger, then what is as grave and stands in no notice yet: nothing grave is left out."""
    known = {row["finding"] for row in (*facts["ledger"], *facts["late"])}
    others = [row for row in facts["serious"] if row["finding"] not in known]
    return [*facts["ledger"], *(row | {"document_number": "", "due_on": None, "closed_on": None} for row in others)]


def _ledger(row: dict[str, Any]) -> data.LedgerRow:
    return data.LedgerRow(
        document_number=row["document_number"],
        unit=row["unit"],
        finding=naming.shortened(row["text"], IN_TABLES),
        severity=SEVERITIES.get(row["severity"], row["severity"]),
        due_date=dt.date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        state=row["state"],
        closed_on=dt.date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
    )

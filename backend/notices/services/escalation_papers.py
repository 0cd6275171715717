"""A paper of escalation as the data of its paper. Nothing of informants, inspectors, pupils or other units goes in."""

import datetime as dt

from backend.accounts.models import County
from backend.core import clock
from backend.documents import escalation_data as data
from backend.inspections.models import FindingState, SeverityLevel
from backend.notices.models import EscalationPaper
from backend.notices.rules import paper_codes, wording
from backend.notices.rules.escalation_lifecycle import PROPOSALS, TITLES
from backend.notices.rules.ladder import Rung
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services import codes

SIGN_HERE = ("被约谈人签名", "约谈人签名", "记录人签名")
DECIDE_HERE = ("督导办意见", "领导审定意见")


def paper(escalation: EscalationPaper, at: dt.datetime, *, proof: bool = False) -> data.EscalationPaper:
    """What `backend.documents.escalation_paper` prints, dated `at`. A proof has neither number nor code."""
    county = County.objects.get(pk=escalation.county_id)
    code = None if proof else codes.take(county_id=county.pk, subject=escalation)
    local = at.astimezone(clock.CHINA)
    return data.EscalationPaper(
        agency_name=county.issuer,
        document_number=escalation.number or "（文号待定）",
        title=TITLES[escalation.kind],
        document_date=local.date(),
        issued_at=local,
        main_recipient="" if escalation.kind not in LETTERS else escalation.notice.target.name,
        opening=_opening(escalation),
        facts=_facts(escalation),
        findings=_findings(escalation),
        findings_title="未办结问题" if _for_lateness(escalation) else "所列问题",
        chapters=_chapters(escalation),
        closing="特此通知。" if escalation.kind == Rung.SUPERVISED_ORDER else "",
        signatures=_signatures(escalation),
        copy_to=_copies(escalation),
        verification_code=paper_codes.printed(code.code) if code else "",
        verification_address=codes.address(code) if code else "",
    )


LETTERS = frozenset({Rung.REMINDER, Rung.SUPERVISED_ORDER})


def _opening(escalation: EscalationPaper) -> tuple[str, ...]:
    if escalation.kind not in LETTERS:
        return ()
    notice = escalation.notice
    you = wording.ADDRESSED_AS[notice.target.kind]
    assert notice.issued_at is not None
    issued = wording.chinese_day(clock.local_date(notice.issued_at))
    first = f"{issued}，我办向{you}发出《{wording.TITLE}》（{notice.number}）。{escalation.cause}。"
    return (f"{first}现{'予以催办' if escalation.kind == Rung.REMINDER else '进行专项督办'}，有关事项通知如下：",)


def _facts(escalation: EscalationPaper) -> tuple[tuple[str, str], ...]:
    if escalation.kind in LETTERS:
        return ()
    about = (("单位", escalation.notice.target.name), ("整改通知书", escalation.notice.number))
    if escalation.kind in PROPOSALS:
        return (*about, ("责任人", escalation.notice.responsible), ("提出事由", escalation.cause))
    when = wording.moment(escalation.held_at) if escalation.held_at else ""
    return (
        *about,
        ("约谈时间", when),
        ("约谈地点", escalation.place),
        ("约谈人", escalation.host),
        ("参加人", "、".join(escalation.present)),
    )


def _for_lateness(escalation: EscalationPaper) -> bool:
    return escalation.reminder.occasion.startswith("due:")


def _findings(escalation: EscalationPaper) -> tuple[data.OutstandingFinding, ...]:
    rows = escalation.notice.findings.select_related("finding").order_by("number")
    if _for_lateness(escalation):
        rows = rows.filter(finding__state__in=OPEN_FINDINGS)
    return tuple(
        data.OutstandingFinding(
            number=row.number,
            fact=row.text,
            severity=SeverityLevel(row.severity).label,
            due_date=row.due_on,
            state=FindingState(row.finding.state).label,
        )
        for row in rows
    )


def _chapters(escalation: EscalationPaper) -> tuple[data.Chapter, ...]:
    demands = tuple(escalation.demands)
    if escalation.kind == Rung.ADMONITION_TALK:
        said = (data.Chapter("约谈事由", (escalation.cause,)), data.Chapter("约谈要点", demands))
        return (*said, data.Chapter("单位说明和整改承诺", (escalation.promise,) if escalation.promise else ()))
    if escalation.kind in PROPOSALS:
        return (data.Chapter("督办经过", _course(escalation)), data.Chapter("建议", demands))
    if escalation.deadline:
        demands = (*demands, f"督办期限为{wording.chinese_day(escalation.deadline)}，原整改期限不因此改变。")
    return (data.Chapter("工作要求", demands),)


def _course(escalation: EscalationPaper) -> tuple[str, ...]:
    """What was done so far, day by day, from the issue on."""
    notice = escalation.notice
    assert notice.issued_at is not None
    begun = [(notice.issued_at, f"发出《{wording.TITLE}》（{notice.number}）")]
    steps = [
        (row.at, row.step + (f"（{row.paper.number}）" if row.paper.number else ""))
        for row in notice.reminders.select_related("paper").exclude(pk=escalation.reminder_id)
        if hasattr(row, "paper")
    ]
    return tuple(f"{wording.chinese_day(clock.local_date(at))}，{what}" for at, what in sorted(begun + steps))


def _signatures(escalation: EscalationPaper) -> tuple[str, ...]:
    if escalation.kind in PROPOSALS:
        return DECIDE_HERE
    return SIGN_HERE if escalation.kind == Rung.ADMONITION_TALK else ()


def _copies(escalation: EscalationPaper) -> tuple[str, ...]:
    """The station in charge always has a copy (workflow.md section 9)."""
    if escalation.kind not in LETTERS:
        return ()
    station = escalation.notice.target.station
    return tuple(dict.fromkeys([*escalation.notice.copy_to, *([station.name] if station else [])]))

"""What the press prints of a circular, from its row alone."""

from backend.bulletins.models import Circular
from backend.bulletins.services.annexes import side_by_side
from backend.core import clock
from backend.documents import circular_data as data
from backend.documents.table_data import Column, TableData
from backend.notices.rules import paper_codes

RECIPIENTS = ("各学校", "各校外培训机构")
COPY_TO = ("县委教育工作领导小组", "县政府分管领导", "“双减”工作联席会议成员单位", "各督查组", "各片区督导站")
RANKING_NOTE = (
    "按当月有效督查记录的平均得分排列，得分相同的名次并列；只在同类单位之间比较。"
    "有效记录不足1次、应答不足20项或结果尚未形成的单位不参与排名。"
)


def paper(circular: Circular) -> data.Circular:
    """The circular as it is printed; before signing without number and with the present day."""
    facts, texts = circular.facts, circular.texts
    at = (circular.signing_at or clock.now()).astimezone(clock.CHINA)
    issuer = facts["county"]["issuer"]
    signing = circular.signing_at is not None
    return data.Circular(
        agency_name=issuer,
        document_number=circular.number_text if signing else "（送审稿）",
        title=circular.title,
        main_recipients=RECIPIENTS,
        document_date=at.date(),
        issued_at=at,
        overview=tuple(texts["overview"]),
        practices=tuple(data.Named(one["place"], one["text"]) for one in texts["practices"]),
        problems=_problems(circular),
        demands=tuple(texts["demands"]),
        rankings=_rankings(circular),
        copy_to=COPY_TO,
        data_cut=circular.cut_off.astimezone(clock.CHINA),
        content_digest=circular.facts_hash,
        code=paper_codes.printed(circular.code) if circular.code else "",
        qr_text=circular.qr_text,
    )


def _problems(circular: Circular) -> tuple[data.Named, ...]:
    known = {one["finding"]: one for one in circular.facts["problems"]}
    return tuple(
        data.Named(
            known[one["finding"]]["unit"],
            one["text"],
            known[one["finding"]]["basis"],
            known[one["finding"]]["severity"],
            known[one["finding"]]["state"],
        )
        for one in circular.texts["problems"]
    )


SIDE = (
    Column("名次", 26, "center"),
    Column("单位", 135),
    Column("次数", 26, "center"),
    Column("得分", 34, "right"),
)
"""Half of a ranking's width: two units stand side by side, read from left to right."""


def _rankings(circular: Circular) -> tuple[TableData, ...]:
    groups = [group for group in circular.facts["groups"] if group["placed"]]
    last = len(groups) - 1
    return tuple(
        TableData(
            f"{group['group']}得分排名（参与{len(group['placed'])}个，从左到右、从上到下）",
            SIDE * 2,
            side_by_side([(one["rank"], one["name"], one["visits"], one["score"]) for one in group["placed"]], 2),
            note=RANKING_NOTE if at == last else "",
            compact=True,
        )
        for at, group in enumerate(groups)
    )

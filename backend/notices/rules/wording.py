"""Standing paragraphs of the notice; the office may change the requirements of each draft."""

import datetime as dt

from backend.core import clock

TITLE = "督导整改通知书"
SERIES_WORD = "督整"
"""Stands after the county's own word in document numbers: 云督整〔2026〕17号."""

REQUIREMENTS = (
    "对照问题清单逐项分析原因，制定整改措施，明确责任人和完成时间，按期整改到位。",
    "举一反三，对同类问题开展自查，建立长效机制，防止问题反弹。",
)
FEEDBACK = (
    "收到本通知书后1个工作日内在督导系统签收。",
    "各项问题整改完成后，在规定时限内通过督导系统提交整改报告和佐证材料，并报送加盖公章的书面报告。",
    "确因客观原因不能按期完成的，应在期限届满前申请延期；延期以一次为限。",
)
RIGHTS = ("对本通知书认定的事实有异议的，可以自收到之日起5日内提出书面申辩。",)
CONSEQUENCES = ("逾期未整改或者整改不到位的，将依照《教育督导条例》等规定督办、约谈、通报，直至提出问责建议。",)

ADDRESSED_AS = {"school": "你校", "institution": "你单位", "suspected_site": "你单位"}
RESPONSIBLE = {"school": "校长", "institution": "负责人", "suspected_site": "负责人"}


def document_number(prefix: str, year: int, serial: int) -> str:
    """云督整〔2026〕17号: six-corner brackets, no 第, no leading zeros (GB/T 9704-2012)."""
    return f"{prefix}{SERIES_WORD}〔{year}〕{serial}号"


def close_number(prefix: str, year: int, serial: int) -> str:
    """The number under which a closed notice stands in the ledger."""
    return f"{prefix}督销〔{year}〕{serial}号"


URGED = ("请立即整改，并于3个工作日内提交整改报告和佐证材料。",)
ORDERED = (
    "由主要负责人牵头，逐项制定整改方案，明确责任人和完成时间。",
    "在督办期限前全部整改到位，通过督导系统提交整改报告和佐证材料。",
    "督办期限届满仍未整改到位的，将依照有关规定约谈主要负责人。",
)
TALKED = (
    "通报存在的问题和整改情况，听取单位说明。",
    "指出整改不力的原因和责任，提出整改要求和时限。",
    "告知继续不整改的后果。",
)
DEMANDS: dict[str, tuple[str, ...]] = {
    "reminder": URGED,
    "supervised_order": ORDERED,
    "admonition_talk": TALKED,
    "circular": ("建议依照《教育督导条例》第二十五条，对该单位通报批评并责令改正。",),
    "accountability": (
        "建议提请教育督导委员会按《教育督导问责办法》规定的程序研究，是否启动问责由委员会决定。",
        "启动前应当将拟认定的事实和依据书面告知该单位，听取其陈述和申辩。",
    ),
}
"""What a paper of escalation asks for, by kind; the office may change it in each draft."""

SERIES_WORDS: dict[str, str] = {
    "reminder": "督催",
    "supervised_order": "督办",
    "admonition_talk": "督谈",
    "circular": "督通建",
    "accountability": "督问建",
}


def escalation_number(prefix: str, kind: str, year: int, serial: int) -> str:
    """云督催〔2026〕3号 and the like: every kind of paper counts for itself."""
    return f"{prefix}{SERIES_WORDS[kind]}〔{year}〕{serial}号"


def finding_close_number(prefix: str, year: int, serial: int) -> str:
    """The number under which one finding is closed: 云督销项〔2026〕5号."""
    return f"{prefix}督销项〔{year}〕{serial}号"


def chinese_day(day: dt.date) -> str:
    """2026年3月17日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment(instant: dt.datetime) -> str:
    """2026年3月17日14时30分, in the county."""
    local = instant.astimezone(clock.CHINA)
    return f"{chinese_day(local.date())}{local.hour}时{f'{local.minute}分' if local.minute else ''}"

"""Standing paragraphs of the notice; the office may change the requirements of each draft."""

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

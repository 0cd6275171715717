"""What the legal footing of a visit demands of its crew and its papers (workflow §0).

Special and comprehensive supervision: at least three inspectors and a written notice beforehand
(《教育督导条例》第十六、十七条). A check of an institution is law enforcement: at least two officers, who show their
certificates, and a check notice (《行政处罚法》第四十二、五十五条; 国办发〔2024〕54号). All other kinds are unannounced
and demand nothing here.
"""

from typing import NamedTuple

from backend.inspections.rules.completeness import Missing


class Footing(NamedTuple):
    """Least number of inspectors; whether the unit is told in writing before; what is shown on site."""

    least_inspectors: int = 1
    advance_notice: bool = False
    certificates: int = 0
    check_notice: bool = False


FOOTINGS = {
    "special": Footing(least_inspectors=3, advance_notice=True),
    "comprehensive": Footing(least_inspectors=3, advance_notice=True),
    "administrative_check": Footing(least_inspectors=2, certificates=2, check_notice=True),
    "joint_check": Footing(least_inspectors=2, certificates=2),
}

ORDINARY = Footing()


def footing(kind: str) -> Footing:
    """What a visit of this kind stands on."""
    return FOOTINGS.get(kind, ORDINARY)


def before_release(kind: str, *, inspectors: int, noticed: bool) -> list[Missing]:
    """What is missing before a crew may be sent; codes ``too_few_inspectors``, ``advance_notice_missing``."""
    demands, gaps = footing(kind), []
    if inspectors < demands.least_inspectors:
        sentence = f"此类督导须由{demands.least_inspectors}名以上督学或执法人员实施，现有{inspectors}名。"
        gaps.append(Missing("crew", "too_few_inspectors", sentence))
    if demands.advance_notice and not noticed:
        gaps.append(Missing("advance_notice", "advance_notice_missing", "专项、综合督导须先向被督导单位送达书面通知。"))
    return gaps


def before_submission(kind: str, *, certificates: int, check_notice: str) -> list[Missing]:
    """What is missing before the visit may be submitted; codes ``certificates_missing``, ``check_notice_missing``."""
    demands, gaps = footing(kind), []
    if certificates < demands.certificates:
        sentence = f"须登记{demands.certificates}名以上执法人员出示的证件号，现有{certificates}个。"
        gaps.append(Missing("details.cards", "certificates_missing", sentence))
    if demands.check_notice and not check_notice.strip():
        gaps.append(Missing("details.notice_number", "check_notice_missing", "行政检查须登记检查通知书文号。"))
    return gaps

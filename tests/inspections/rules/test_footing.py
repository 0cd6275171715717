"""What the kind of a visit demands of crew and papers."""

import pytest

from backend.inspections.models import VisitKind
from backend.inspections.rules.footing import FOOTINGS, before_release, before_submission

ANNOUNCED = {"special", "comprehensive"}
ENFORCED = {"administrative_check", "joint_check"}


def test_every_demanding_kind_is_a_kind() -> None:
    assert set(FOOTINGS) == ANNOUNCED | ENFORCED
    assert set(FOOTINGS) <= set(VisitKind.values)


@pytest.mark.parametrize("kind", VisitKind.values)
def test_only_special_and_comprehensive_supervision_is_announced_and_needs_three(kind: str) -> None:
    codes = [gap.code for gap in before_release(kind, inspectors=2, noticed=False)]
    assert codes == (["too_few_inspectors", "advance_notice_missing"] if kind in ANNOUNCED else [])
    assert before_release(kind, inspectors=3, noticed=True) == []


@pytest.mark.parametrize("kind", VisitKind.values)
def test_law_enforcement_needs_two_officers(kind: str) -> None:
    codes = [gap.code for gap in before_release(kind, inspectors=1, noticed=True)]
    assert codes == (["too_few_inspectors"] if kind in ANNOUNCED | ENFORCED else [])


@pytest.mark.parametrize("kind", VisitKind.values)
def test_certificates_and_check_notice_are_asked_of_enforcement_only(kind: str) -> None:
    codes = [gap.code for gap in before_submission(kind, certificates=1, check_notice=" ")]
    wanted = {
        "administrative_check": ["certificates_missing", "check_notice_missing"],
        "joint_check": ["certificates_missing"],
    }
    assert codes == wanted.get(kind, [])
    assert before_submission(kind, certificates=2, check_notice="检〔2026〕3号") == []

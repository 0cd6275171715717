"""The table of messages is complete, and says to units nothing of what is unannounced."""

import re
from pathlib import Path

import pytest

from backend.notices.rules.messages import NEUTRAL, TASK, TASK_ROOMS, TEMPLATES, Audience, Template, template_of

BACKEND = Path(__file__).resolve().parents[2] / "backend"
TOLD = re.compile(r'\b(tell|tell_office|tell_unit)\(\s*"([a-z_]+\.[a-z_]+)"')
SECRET = ("检查", "督查", "计划", "抽取", "任务", "到访", "暗访", "举报")


def told() -> set[tuple[str, str]]:
    """Every (function, kind) that the source tells somebody."""
    files = [path for path in BACKEND.rglob("*.py") if path.parts[-2:] != ("journal", "__init__.py")]
    return {pair for path in files for pair in TOLD.findall(path.read_text("utf-8"))}


def test_every_kind_that_is_told_is_worded() -> None:
    kinds = {kind for _, kind in told()}
    assert {"visit.submitted", "notice.issued", "announcement.published"} <= kinds
    assert sorted(kind for kind in kinds if kind not in TEMPLATES and not kind.startswith(TASK_ROOMS)) == []


def test_what_is_told_to_units_is_open_to_units() -> None:
    kinds = {kind for function, kind in told() if function == "tell_unit"}
    assert sorted(kind for kind in kinds if template_of(kind, of_unit=True) is None) == []


def test_what_is_told_to_the_office_is_not_open_to_units() -> None:
    kinds = {kind for function, kind in told() if function == "tell_office"}
    assert sorted(kind for kind in kinds if template_of(kind, of_unit=True) is not None) == []


def test_no_sentence_for_units_speaks_of_unannounced_work() -> None:
    open_to_units = [each for each in TEMPLATES.values() if each.audience is not Audience.STAFF]
    assert len(open_to_units) >= 8
    assert [each for each in open_to_units if any(word in each.title + each.body for word in SECRET)] == []


@pytest.mark.parametrize(
    ("kind", "of_unit", "wanted"),
    [
        ("assignment.revealed", False, TASK),
        ("assignment.revealed", True, None),
        ("draw.made", False, TASK),
        ("never.heard_of", False, NEUTRAL),
        ("never.heard_of", True, None),
        ("visit.submitted", True, None),
    ],
)
def test_who_is_told_what_of_kinds_outside_the_table(kind: str, of_unit: bool, wanted: Template | None) -> None:
    assert template_of(kind, of_unit=of_unit) == wanted


def test_sentences_end_with_a_full_stop_or_are_a_name() -> None:
    bodies = {each.body for each in TEMPLATES.values() if each.body}
    assert {body for body in bodies if not body.endswith(("。", "}"))} == set()

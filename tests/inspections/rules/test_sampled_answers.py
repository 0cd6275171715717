from random import Random

from backend.desk.rules.answers import sample_answers
from backend.inspections.catalogue import load_template
from backend.inspections.rules.checklist import Item, TargetType


def test_the_same_seed_gives_the_same_answers():
    first, second = (sample_answers(load_template("ZY"), TargetType.NINE_YEAR, None, Random(7), 0.3) for _ in range(2))
    assert first == second


def test_answers_repeat_by_class_grade_and_respondent():
    homework = sample_answers(load_template("ZY"), TargetType.PRIMARY, [1, 2, 3, 4], Random(1), 0.1, classes=[302, 405])
    assert {key for key in homework if key[:5] in ("ZY-02", "ZY-07", "ZY-08")} == {
        "ZY-02#302",
        "ZY-02#405",
        "ZY-07#3",
        "ZY-07#4",
    }
    pupils = sample_answers(load_template("WS"), TargetType.PRIMARY, None, Random(1), 0.1, respondents=5)
    assert {key for key in pupils if key.startswith("WS-01")} == {f"WS-01#{n}" for n in range(1, 6)}
    assert len(pupils) == 14 * 5


def test_evidence_comes_from_the_caller():
    asked: list[tuple[str, int]] = []

    def evidence(item: Item, count: int) -> list[str]:
        asked.append((item.code, count))
        return [f"{item.code}/{n}" for n in range(count)]

    answers = sample_answers(load_template("TY"), TargetType.SUBJECT, None, Random(2), 0, evidence=evidence)
    assert [code for code, _ in asked] == ["TY-05", "TY-09", "TY-10"]
    assert {code: len(answers[code]) for code, _ in asked} == dict(asked)

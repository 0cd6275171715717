"""Every case of the vectors the phone runs too, against the server's rules."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.inspections.catalogue import from_document, load_catalogue
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.applicability import applies
from backend.inspections.rules.checklist import AnswerType, Item, PassRule, Severity, TargetType
from backend.inspections.rules.completeness import missing_for_submit
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.grading import check_severity_choice, due_date, severity_after
from backend.inspections.rules.questionnaires import violation_share
from backend.inspections.rules.scoring import ScoredFinding, score
from backend.inspections.rules.verdicts import Verdict, respondent_grade, verdict

Case = dict[str, Any]

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "checklist_rules.json").read_bytes())
ITEMS = {code: msgspec.convert(item, Item) for code, item in VECTORS["items"].items()}
TEMPLATES = {code: from_document(document) for code, document in VECTORS["templates"].items()}


def run_applies(case: Case) -> object:
    return applies(ITEMS[case["item"]], TargetType(case["target_type"]), case["grades"])


def run_validate(case: Case) -> object:
    try:
        validate_answer(ITEMS[case["item"]], case["key"], case["value"], case["note"], grades=case["grades"])
    except RuleError as error:
        return {"path": error.path, "code": error.code}
    return None


def run_verdict(case: Case) -> object:
    return verdict(ITEMS[case["item"]], case["value"], TargetType(case["stage"]), case["grade"])


def run_respondent_grade(case: Case) -> object:
    return respondent_grade(TEMPLATES[case["template"]], case["answers"], case["number"])


def run_missing(case: Case) -> object:
    templates = [TEMPLATES[code] for code in case["templates"]]
    gaps = missing_for_submit(templates, case["answers"], TargetType(case["target_type"]), case["grades"])
    return [{"key": gap.key, "code": gap.code} for gap in gaps]


def run_score(case: Case) -> object:
    findings = [ScoredFinding(one["code"], Severity(one["severity"]), one["fact"]) for one in case["findings"]]
    result = score(findings)
    outcome: Case = {"value": result.value, "points": [line.points for line in result.lines]}
    if "lines" in case["expected"]:
        outcome["lines"] = [line.explanation_zh for line in result.lines]
    return outcome


def run_grading(case: Case) -> object:
    return severity_after(
        Severity(case["base"]),
        repeat_within_12_months=case["repeat_within_12_months"],
        self_found_fixed=case["self_found_fixed"],
    )._asdict()


def run_severity_choice(case: Case) -> object:
    try:
        check_severity_choice(Severity(case["base"]), Severity(case["chosen"]), case["reason"])
    except RuleError as error:
        return error.code
    return None


def run_due_date(case: Case) -> object:
    return due_date(case["default_days"], date.fromisoformat(case["delivered_on"])).isoformat()


def run_violation_share(case: Case) -> object:
    share = violation_share([Verdict(one) for one in case["verdicts"]])
    return {"judged": share.judged, "reported": share.reported, "needs_verifying": share.needs_verifying()}


RUNNERS: dict[str, Callable[[Case], object]] = {
    "applies": run_applies,
    "validate": run_validate,
    "verdict": run_verdict,
    "respondent_grade": run_respondent_grade,
    "missing": run_missing,
    "score": run_score,
    "grading": run_grading,
    "severity_choice": run_severity_choice,
    "due_date": run_due_date,
    "violation_share": run_violation_share,
}


@pytest.mark.parametrize("group", RUNNERS)
def test_server_agrees_with_every_vector_of(group: str) -> None:
    disagreeing = [(case, outcome) for case in VECTORS[group] if (outcome := RUNNERS[group](case)) != case["expected"]]
    assert disagreeing == []


def test_no_group_of_vectors_is_left_out() -> None:
    assert set(VECTORS) - {"about", "items", "templates"} == set(RUNNERS)


def test_vectors_cover_enough() -> None:
    assert {group: len(VECTORS[group]) for group in RUNNERS} == {
        "applies": 61,
        "validate": 209,
        "verdict": 141,
        "respondent_grade": 19,
        "missing": 33,
        "score": 12,
        "grading": 16,
        "severity_choice": 10,
        "due_date": 6,
        "violation_share": 7,
    }


def test_every_answer_type_is_accepted_and_refused_somewhere() -> None:
    seen = Counter((ITEMS[case["item"]].type, case["expected"] is None) for case in VECTORS["validate"])
    assert set(seen) == {(kind, accepted) for kind in AnswerType for accepted in (True, False)}


def test_every_pass_rule_passes_and_fails_somewhere() -> None:
    judged = {
        (type(ITEMS[case["item"]].pass_rule), case["expected"])
        for case in VECTORS["verdict"]
        if case["expected"] in ("pass", "fail")
    }
    rules: tuple[type, ...] = PassRule.__args__
    assert judged == {(rule, outcome) for rule in rules for outcome in ("pass", "fail")}


def test_items_named_by_vectors_are_those_of_the_catalogue() -> None:
    catalogue = {item.code: item for template in load_catalogue() for item in template.items}
    named = {code: item for code, item in ITEMS.items() if not code.startswith("MINI-")}
    assert named == {code: catalogue[code] for code in named}


def test_templates_of_vectors_are_those_of_the_catalogue() -> None:
    catalogue = {template.code: template for template in load_catalogue()}
    assert {code: TEMPLATES[code] for code in ("TY", "WS", "WP")} == {
        code: catalogue[code] for code in ("TY", "WS", "WP")
    }

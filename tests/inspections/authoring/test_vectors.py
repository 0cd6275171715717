"""The vectors of conditions, variants and required evidence, which the phone runs too, against the server's rules."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.inspections.catalogue import from_document
from backend.inspections.rules.checklist import Item, TargetType, Template
from backend.inspections.rules.completeness import missing_for_submit
from backend.inspections.rules.proofs import Attached
from backend.inspections.rules.verdicts import verdict
from backend.inspections.rules.visibility import hidden_by

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "checklist_conditions.json").read_bytes())
TEMPLATES = {name: from_document(document) for name, document in VECTORS["templates"].items()}


def named(case: dict[str, Any]) -> tuple[Template, Item]:
    template = TEMPLATES[case["template"]]
    item = template.item(case["item"])
    assert item is not None
    return template, item


@pytest.mark.parametrize("case", VECTORS["shown"], ids=str)
def test_shown(case: dict[str, Any]) -> None:
    stage = TargetType(case["target_type"])
    assert hidden_by(*named(case), stage, case["grades"], case["answers"]) == case["expected"]


@pytest.mark.parametrize("case", VECTORS["verdict"], ids=str)
def test_verdict(case: dict[str, Any]) -> None:
    assert verdict(named(case)[1], case["value"], TargetType(case["stage"]), case["grade"]) == case["expected"]


@pytest.mark.parametrize("case", VECTORS["missing"], ids=str)
def test_missing(case: dict[str, Any]) -> None:
    evidence = [Attached(key, kind) for key, kind in case["evidence"]]
    gaps = missing_for_submit([TEMPLATES[case["template"]]], case["answers"], TargetType.PRIMARY, None, evidence)
    assert [[gap.key, gap.code] for gap in gaps] == case["expected"]


def test_no_group_of_vectors_is_left_out() -> None:
    assert set(VECTORS) == {"about", "templates", "shown", "verdict", "missing"}

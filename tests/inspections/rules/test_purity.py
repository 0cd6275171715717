"""The rules stay pure: whoever reads them, or ports them, needs nothing but them."""

import ast
import sys
from pathlib import Path

from backend.inspections.catalogue import load_template
from backend.inspections.rules import checklist
from backend.inspections.rules.verdicts import Verdict, verdict


def imported_by(path: Path) -> set[str]:
    nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def test_rules_import_the_standard_library_msgspec_and_each_other_only():
    modules = sorted(Path(checklist.__file__).parent.glob("*.py"))
    outside = {
        (path.name, name)
        for path in modules
        for name in imported_by(path)
        if name.partition(".")[0] not in sys.stdlib_module_names | {"msgspec"}
        and not name.startswith("backend.inspections.rules.")
    }
    assert len(modules) > 10
    assert outside == set()


def test_a_stage_may_come_as_plain_text_from_a_database_column():
    item = load_template("WS").item("WS-02")
    assert item is not None
    assert verdict(item, "61-90分钟", "primary") is Verdict.FAIL  # type: ignore[arg-type]

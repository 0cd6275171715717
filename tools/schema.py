"""Keep api_schema.yaml and the code together: compare them, or write the file anew (`--write`)."""

import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMITTED = ROOT / "api_schema.yaml"


def generate(target: Path) -> None:
    """Write the schema of the code; a warning of drf-spectacular is a fault."""
    command = [sys.executable, "manage.py", "spectacular", "--fail-on-warn", "--validate", "--file", str(target)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit("The API schema cannot be generated without warnings.")


def compare() -> None:
    """Exit with the difference if the committed schema is not that of the code."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / COMMITTED.name
        generate(fresh)
        new = fresh.read_text(encoding="utf-8").splitlines()
    old = COMMITTED.read_text(encoding="utf-8").splitlines() if COMMITTED.exists() else []
    difference = list(difflib.unified_diff(old, new, "api_schema.yaml", "the code", lineterm="", n=1))
    if difference:
        print("\n".join(difference[:60]))
        sys.exit("api_schema.yaml does not say what the code does; `make schema` writes it anew.")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        generate(COMMITTED)
    else:
        compare()

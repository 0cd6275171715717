"""Every check of `make lint`; all of them run, and any fault fails the whole.

`engine` and `screens` are the types of the phone, checked in Node. The commands of Django get a folder and a database
of their own, so that a check never touches real data.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("style", [str(BIN / "ruff"), "check", "--output-format=concise", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--output-format=concise", "."]),
    ("layers", [str(BIN / "lint-imports"), "--no-logo"]),
    ("types", [str(BIN / "mypy")]),
    ("engine", ["node", "phone/node_modules/typescript/bin/tsc", "--noEmit", "-p", "phone"]),
    ("screens", ["node", "phone/node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit", "-p", "phone/src/app/tsconfig.json"]),
    ("django", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("schema", [sys.executable, "tools/schema.py"]),
    ("protocol", [sys.executable, "tools/protocol.py"]),
    ("sizes", [sys.executable, "tools/sizes.py"]),
)

SHOWN = 80
"""Lines of one check's output that are printed; the rest comes when the first are mended."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dudao-lint-") as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DUDAO_")},
            "DUDAO_DATA": folder,
            "DUDAO_DATABASE": f"sqlite:///{folder}/lint.sqlite3",
            "DUDAO_SECRET_KEY": "a key for checks only, long enough for HS256",
        }
        failed = [name for name, command in CHECKS if not passes(name, command, environment)]
    if failed:
        sys.exit(f"lint: {', '.join(failed)} failed")
    print("lint: all clear")


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check; its output is shown when it fails, and that of `sizes` always."""
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    good = done.returncode == 0
    print(f"{'ok  ' if good else 'FAIL'} {name:<11}{time.monotonic() - start:5.1f} s", flush=True)
    if not good or name == "sizes":
        lines = (done.stdout + done.stderr).rstrip().splitlines()
        print("\n".join(lines[:SHOWN]), flush=True)
        if len(lines) > SHOWN:
            print(f"… and {len(lines) - SHOWN} lines more", flush=True)
    return good


if __name__ == "__main__":
    main()

"""Running the phone's tools in Node, bounded; `npm ci` (see Makefile) brings them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

PHONE = Path(__file__).resolve().parents[2] / "phone"


def run(*command: str, seconds: int, text: str = "", **environment: str) -> str:
    """What a command of the phone's folder printed. Fails with all that it said."""
    done = subprocess.run(
        command,
        cwd=PHONE,
        env={**os.environ, "NO_COLOR": "1", **environment},
        input=text,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def play(job: dict[str, Any]) -> dict[str, Any]:
    """What the engine saw of a whole visit (phone/tests/interop/visit.ts)."""
    told = run("node", "tests/interop/drive.mjs", seconds=120, text=json.dumps(job))
    seen: dict[str, Any] = json.loads(told)
    return seen

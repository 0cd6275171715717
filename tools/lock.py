"""Choose versions anew (`pipenv lock`) and take every registry address out of Pipfile.lock.

A lock written by pipenv names the registry it was made with. Ours must not: whoever installs follows the pip
configuration of their own machine, and the hashes, not an address, say which files are right. pipenv accepts a lock
with an empty list of sources and no `index` keys, and then asks the index that pip is configured for.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import bootstrap

PATH = bootstrap.ROOT / "Pipfile.lock"
INDEX_VARIABLES = {
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_NO_INDEX",
    "PIPENV_PYPI_MIRROR",
    "PIPENV_TEST_INDEX",
}


def strip_addresses(lock: dict[str, Any]) -> dict[str, Any]:
    """Return the lock without sources and `index` keys; packages, versions, hashes and markers stay as they are."""
    sections = {
        section: {
            name: {key: value for key, value in entry.items() if key != "index"} for name, entry in entries.items()
        }
        for section, entries in lock.items()
        if section != "_meta"
    }
    return {"_meta": {**lock["_meta"], "sources": []}, **sections}


def main() -> None:
    """Lock, then rewrite the lock in pipenv's own layout, so that diffs stay small."""
    bootstrap.make_tools()
    environment = {k: v for k, v in bootstrap.pipenv_environment().items() if k not in INDEX_VARIABLES}
    bootstrap.run([str(bootstrap.TOOLS / "bin" / "pipenv"), "lock"], environment)
    lock = json.loads(PATH.read_text(encoding="utf-8"))
    stripped = json.dumps(strip_addresses(lock), indent=4, separators=(",", ": "), sort_keys=True)
    PATH.write_text(stripped + "\n", encoding="utf-8")
    print(f"Pipfile.lock: {len(lock['default'])} packages for running, {len(lock['develop'])} more for developing")


if __name__ == "__main__":
    main()

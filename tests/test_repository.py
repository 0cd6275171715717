"""What the repository as a whole promises: it can be set up anywhere, and says nothing about where it was made."""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = "core journal backups accounts sync media registry inspections notices bulletins desk documents".split()
TOP = (
    ".ci/run",
    "Makefile",
    "Pipfile",
    "Pipfile.lock",
    "README.md",
    "backend",
    "bench",
    "docs",
    "manage.py",
    "api_schema.yaml",
    "tests",
)
DEPENDENCY_FILES = {
    "Pipfile",
    "Pipfile.lock",
    "package.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    ".npmrc",
}
DEPENDENCY_FILES |= {"pip.conf", "requirements.txt", "pipenv.txt"}
MADE_HERE = {".git", ".venv", ".tools", "node_modules", "data", "out", "__pycache__"}
ADDRESS = re.compile(r"(?:https?|file|git\+\w+)://[^\s\"']+")
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|root|home|Users|tmp|workspace|builds)/[\w.-]+")


@cache
def tracked() -> list[Path]:
    """Files under version control; in an unpacked archive every file but those that are made here."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not MADE_HERE & set(path.relative_to(ROOT).parts)]


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content[:8192] else content.decode("utf-8", errors="replace")


def dependency_files() -> list[Path]:
    return [path for path in tracked() if path.name in DEPENDENCY_FILES]


def test_dependency_files_name_no_registry() -> None:
    """Whoever installs follows their own pip and npm configuration; hashes say which files are right."""
    found = {
        str(path.relative_to(ROOT)): addresses
        for path in dependency_files()
        if (
            addresses := [
                address for address in ADDRESS.findall(text_of(path)) if not is_about_the_package(path, address)
            ]
        )
    }
    assert found == {}


def is_about_the_package(path: Path, address: str) -> bool:
    """npm records where a package asks for funding; nothing is fetched from there."""
    if path.name != "package-lock.json":
        return False
    entries = json.loads(text_of(path))["packages"].values()
    return all(address not in json.dumps({key: e.get(key) for key in ("resolved", "link", "version")}) for e in entries)


def test_the_lock_has_no_sources_and_a_hash_for_every_package() -> None:
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    entries = {**lock["default"], **lock["develop"]}
    assert lock["_meta"]["sources"] == []
    assert [name for name, entry in entries.items() if "index" in entry or not entry.get("hashes")] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match}"
        for path in tracked()
        if path != Path(__file__)
        for match in MACHINE_PATH.findall(text_of(path))
    }
    assert found == set()


def test_a_newcomer_finds_what_the_readme_promises() -> None:
    assert [name for name in TOP if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see /home/li/dudao/x.py", ["/home/li"]),
        ("data: '/tmp/upload-1'", ["/tmp/upload-1"]),
        ("GET /api/v1/work/orders and ./tmp/x and a/root/b", []),
    ],
)
def test_a_machine_path_is_told_from_an_address_of_ours(line: str, found: list[str]) -> None:
    assert MACHINE_PATH.findall(line) == found


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_of_the_architecture_stands(room: str) -> None:
    modules = [path for path in (ROOT / "backend" / room).rglob("*.py") if path.read_text(encoding="utf-8").strip()]
    assert modules != []


def test_backend_has_no_room_that_the_architecture_does_not_know() -> None:
    folders = {path.parent.name for path in (ROOT / "backend").glob("*/__init__.py")}
    assert folders == set(ROOMS)


def test_no_drawer_for_odds_and_ends() -> None:
    names = {"utils.py", "helpers.py", "common.py", "misc.py", "utils", "helpers", "common", "misc"}
    assert [
        str(p.relative_to(ROOT)) for p in tracked() if p.suffix == ".py" and names & set(p.relative_to(ROOT).parts)
    ] == []


def test_ci_can_be_started() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony is not None
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert sorted(re.findall(r"^ +make ([\w-]+)", shown, re.M)) == sorted(phony[1].split())

"""Make .venv hold exactly what Pipfile.lock lists, on a machine that has only Python and make.

Two steps, each done only when needed: a small tool environment `.tools` with the pipenv pinned in tools/pipenv.txt,
and `pipenv sync` into `.venv`. Asks nothing, uses the standard library only, and follows the pip configuration of
the machine. Runs with any Python 3, so that an old one is told what is missing.

Tests and benchmarks also speak to a tus client and a tus server written for Node, and run the phone's engine: `npm ci`
puts exactly what each lock lists beside it. The product needs none of it.
"""

from __future__ import annotations  # an old Python must get as far as being told so

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
PINS = ROOT / "tools" / "pipenv.txt"
NODE = ROOT / "tests" / "media" / "javascript"
PHONE = ROOT / "phone"


def main() -> None:
    """`bootstrap.py tools` makes .tools; `run|dev STAMP…` fills .venv too, `node|phone STAMP…` a folder of Node
    packages; then the stamps are touched.
    """
    wanted, *stamps = sys.argv[1:]
    check_python()
    with (ROOT / ".bootstrap.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two makes at once take turns
        if stamps and all(Path(stamp).exists() for stamp in stamps):
            return
        if wanted == "node":
            install_node_packages(NODE, "--omit=optional")
        elif wanted == "phone":
            install_node_packages(PHONE)  # its bundler is an optional package of each platform
        else:
            make_tools()
        if wanted in {"run", "dev"}:
            sync(dev=wanted == "dev")
        for stamp in stamps:
            Path(stamp).touch()


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this very check is for the older ones
        sys.exit("Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 ...")


def make_tools() -> None:
    """The environment of pipenv itself; made again when its pins change."""
    stamp = TOOLS / ".pins"
    pins = PINS.read_text()
    if stamp.exists() and stamp.read_text() == pins:
        return
    print("Setting up pipenv in .tools ...", flush=True)
    shutil.rmtree(TOOLS, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=False, capture_output=True, text=True)
    if made.returncode:
        sys.exit(f"{made.stdout}{made.stderr}\nPython cannot make virtual environments here (Debian: python3-venv).")
    pip = [str(TOOLS / "bin" / "python"), "-m", "pip"]
    run([*pip, "install", "--quiet", "--requirement", str(PINS)], dict(os.environ))
    stamp.write_text(pins)


def sync(*, dev: bool) -> None:
    """Install the locked packages; the machine's pip configuration says from where."""
    print(
        f"Installing packages into .venv ({'all' if dev else 'those for running'}); this may take a minute ...",
        flush=True,
    )
    run([str(TOOLS / "bin" / "pipenv"), "sync", *(["--dev"] if dev else [])], pipenv_environment())


def pipenv_environment() -> dict[str, str]:
    """Variables that keep pipenv inside the project, whatever environment we were called from."""
    outer = {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PIPENV_ACTIVE", "PIPENV_CUSTOM_VENV_NAME"}
    return {
        **{name: value for name, value in os.environ.items() if name not in outer},
        "PIPENV_PIPFILE": str(ROOT / "Pipfile"),
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_DEFAULT_PYTHON_VERSION": sys.executable,
        "PIPENV_NOSPIN": "1",
        "PIPENV_YES": "1",
    }


def install_node_packages(folder: Path, *more: str) -> None:
    """What package-lock.json lists, without scripts of packages; the machine's npm configuration says from where."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("Tests and benchmarks need Node 20 or newer with npm (the product does not).")
    print(f"Installing Node packages for tests into {folder.relative_to(ROOT)} ...", flush=True)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", *more]
    run([npm, "ci", "--prefix", str(folder), *options], dict(os.environ))


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run quietly; what the command said is shown only if it fails."""
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{Path(command[0]).name} failed ({done.returncode}); the lines above say why.")


if __name__ == "__main__":
    main()

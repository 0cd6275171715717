"""Django's own check of a deployment finds nothing with the settings of a production server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once


def test_the_deploy_check_is_clean_in_production(tmp_path: Path) -> None:
    told = {
        "DUDAO_DATA": str(tmp_path),
        "DUDAO_TLS": "yes",
        "DUDAO_HOSTS": "dudao.example.cn",
        "DUDAO_ORIGINS": "https://dudao.example.cn",
        "DUDAO_PROXIES": "1",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=told,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr

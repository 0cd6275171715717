"""Every module in tests/fixtures is loaded as a plugin; the databases come from tests/engines (see pyproject.toml)."""

from pathlib import Path

import pytest

FIXTURES = sorted(path.stem for path in (Path(__file__).parent / "fixtures").glob("[!_]*.py"))

pytest_plugins = ["tests.engines", *(f"tests.fixtures.{name}" for name in FIXTURES)]
# Before any of them imports another one, whatever their names are.
pytest.register_assert_rewrite(*pytest_plugins)

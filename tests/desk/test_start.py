"""The start page."""

from typing import Any

import pytest
from django.test import Client

from backend.registry.services.demo import demo_signins


@pytest.mark.parametrize("demo", [True, False])
def test_published_passwords_are_shown_in_demo_mode_only(settings: Any, demo: bool) -> None:
    settings.DEMO = demo
    page = Client().get("/").content.decode()
    assert "督导" in page
    assert all((username in page) == demo for _, username, _ in demo_signins())


def test_no_script_can_run_on_it() -> None:
    answer = Client().get("/")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in answer.content.decode()

"""A browser that stays open for the next test takes nobody's database away."""

import pytest
from playwright.sync_api import Browser

from backend.accounts.models import User


@pytest.mark.once
def test_a_browser_is_open(chromium: Browser) -> None:
    assert chromium.is_connected()


@pytest.mark.django_db
@pytest.mark.once
def test_beside_it_the_database_is_asked() -> None:
    assert not User.objects.exists()

"""The page of the interface in a browser: readable for everybody, although Swagger UI draws it."""

import pytest
from playwright.sync_api import expect

from tests.desk.conftest import OpenPage
from tests.desk.test_staff_field_browser import FAULTS, NARROW, RULES, WIDE

pytestmark = pytest.mark.once

TALL = 16_000
"""Swagger UI draws what is near the screen: on one so tall every operation, in the colours of every method."""


def test_the_interface_is_readable_for_everybody(opened: OpenPage, axe: str) -> None:
    page = opened()
    page.set_viewport_size({"width": WIDE[0], "height": TALL})
    page.goto("/api/docs")
    for method in ("get", "post", "put", "patch", "delete"):
        expect(page.locator(f".opblock-{method}").first).to_be_attached()
    page.evaluate(axe)
    for width, height in ((WIDE[0], TALL), NARROW):
        page.set_viewport_size({"width": width, "height": height})
        assert (width, page.evaluate(FAULTS, RULES)) == (width, [])

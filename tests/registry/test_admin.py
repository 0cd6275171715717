"""Maintainers look; they change nothing past the services."""

import pytest
from django.contrib import admin
from django.test import Client as Browser

from backend.accounts.models import User
from backend.core.actor import Actor
from backend.journal.writing import write
from backend.registry.models import Target, Team
from tests.fixtures.places import Places


@pytest.fixture
def maintainer(db: None) -> Browser:
    with write(actor=Actor(user_id=None, county_id=0, name="系统")):
        user = User.objects.create_superuser("maintainer", "a long enough password")
    browser = Browser()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_lists_and_details_are_shown_without_a_way_to_change(maintainer: Browser, places: Places) -> None:
    school = places.school(team=places.team())
    for model in ("registry/target", "registry/team", "registry/membership", "accounts/user", "accounts/county"):
        page = maintainer.get(f"/admin/{model}/")
        assert (model, page.status_code, f"/admin/{model}/add/".encode() in page.content) == (model, 200, False)
    path = f"/admin/registry/target/{school.pk}/change/"
    page = maintainer.get(path)
    assert (page.status_code, b'name="_save"' in page.content) == (200, False)
    assert maintainer.post(path, {"name": "改名"}).status_code == 403
    assert maintainer.post(f"/admin/registry/target/{school.pk}/delete/", {"post": "yes"}).status_code == 403


def test_password_hashes_are_not_shown(maintainer: Browser, places: Places) -> None:
    user = places.people(places.team())[0]
    page = maintainer.get(f"/admin/accounts/user/{user.pk}/change/")
    assert (page.status_code, user.password.encode() in page.content) == (200, False)


def test_every_table_of_the_room_can_be_looked_at() -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert {Target._meta.label, Team._meta.label, "registry.Membership", "registry.TargetContact"} <= shown

"""A maintainer opens a county."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import County, User
from backend.accounts.selectors.people import roles_of
from tests.accounts.test_people import start
from tests.fixtures.people import Cast

pytestmark = pytest.mark.django_db


def test_a_county_opens_with_an_office_that_starts_by_code() -> None:
    out = StringIO()
    call_command("open_county", "yanxi", "砚溪县", "--office", "yx_office", stdout=out)
    county = County.objects.get(code="yanxi")
    assert (county.issuer, county.number_prefix) == ("砚溪县人民政府教育督导委员会办公室", "砚")
    user = User.objects.get(username="yx_office")
    assert (user.county, roles_of(user)) == (county, frozenset({"office"}))
    found = re.search(r"启用码 (\w{8})", out.getvalue())
    assert found is not None
    assert start("yx_office", found[1]) == (204, "")


def test_a_taken_name_leaves_no_county_behind(cast: Cast) -> None:
    cast.person("inspector", username="office1")
    with pytest.raises(CommandError):
        call_command("open_county", "yanxi", "砚溪县")
    assert not County.objects.filter(code="yanxi").exists()


def test_a_code_is_used_once(cast: Cast) -> None:
    with pytest.raises(CommandError):
        call_command("open_county", cast.county().code, "砚溪县")

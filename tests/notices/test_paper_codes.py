"""A code means nothing until its paper is issued, and says no more than: genuine, version, withdrawn."""

import pytest

from backend.accounts.models import County
from backend.core.actor import system
from backend.journal.writing import write
from backend.notices.models import PaperCode
from backend.notices.rules.paper_codes import ALPHABET, LENGTH, new_code, printed, read
from backend.notices.selectors.codes import Genuine, check
from backend.notices.services import codes
from tests.fixtures.rectification import World


@pytest.mark.once
def test_a_code_is_read_as_people_write_it_and_nothing_else_is() -> None:
    code = new_code()
    assert (len(code), set(code) <= set(ALPHABET)) == (LENGTH, True)
    assert [read(printed(code)), read(printed(code).lower()), read(f" {code} ")] == [code] * 3
    assert [read(""), read("O" * LENGTH), read(code[:-1]), read(code + "2"), read("\0" * LENGTH)] == [""] * 5


def test_a_code_that_is_taken_is_on_no_paper_until_the_issue(world: World, county: County) -> None:
    subject = world.draft()
    with write(actor=system(county.pk)):
        code = codes.take(county_id=county.pk, subject=subject)
        assert codes.take(county_id=county.pk, subject=subject).code == code.code
        assert check(code.code) is None
        codes.issue(subject=subject, sha256="a" * 64)
    assert check(printed(code.code)) == Genuine(version=1, newest=1, withdrawn_at=None)
    assert codes.address(code).endswith(f"/p/{printed(code.code)}")


def test_a_correction_replaces_and_a_withdrawal_voids_every_version(world: World, county: County) -> None:
    subject = world.draft()
    with write(actor=system(county.pk)):
        first = codes.take(county_id=county.pk, subject=subject)
        codes.issue(subject=subject, sha256="a" * 64)
        second = codes.take(county_id=county.pk, subject=subject, version=2)
        assert check(first.code) == Genuine(1, 1, None)
        codes.issue(subject=subject, sha256="b" * 64, version=2)
        assert check(first.code) == Genuine(1, 2, None)
        codes.withdraw(subject=subject)
    assert [check(each.code) is not None for each in (first, second)] == [True, True]
    assert PaperCode.objects.filter(withdrawn_at__isnull=True).count() == 0

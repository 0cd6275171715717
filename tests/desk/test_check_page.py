"""The public page about the code on a paper."""

from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import County
from backend.core import clock
from backend.core.actor import system
from backend.desk.rules import patience as rules
from backend.desk.views import checking
from backend.journal.writing import write
from backend.notices.models import PaperCode
from backend.notices.rules import paper_codes
from backend.notices.services import codes


@pytest.fixture(autouse=True)
def patient() -> None:
    checking.patience.forget()


class Paper:
    """Something with a paper, of any room."""

    journal_kind, journal_id = "notice", "0190c0de-0000-7000-8000-000000000001"


PAPER = Paper()


@pytest.fixture
def code(county: County) -> PaperCode:
    with write(actor=system(county.pk)):
        return codes.take(county_id=county.pk, subject=PAPER)


def issue(code: PaperCode, version: int = 1) -> PaperCode:
    with write(actor=system(code.county_id)):
        taken = codes.take(county_id=code.county_id, subject=PAPER, version=version)
        codes.issue(subject=PAPER, sha256="ab" * 32, version=version)
    return taken


def seen(client: Client, code: str) -> tuple[int, str]:
    answer = client.get(f"/p/{code}")
    return answer.status_code, answer.content.decode()


def test_an_issued_paper_is_genuine_however_its_code_is_typed(code: PaperCode, client: Client) -> None:
    issue(code)
    printed = paper_codes.printed(code.code)
    for typed in (printed, code.code, printed.lower(), f" {printed} "):
        status, text = seen(client, typed)
        assert (status, "文书真实有效" in text, "第 1 版" in text) == (200, True, True), typed
    asked = client.get("/p/", {"code": printed.lower()})
    assert (asked.status_code, asked["Location"]) == (302, f"/p/{printed}")


def test_nothing_tells_a_paper_that_is_not_issued_from_none(code: PaperCode, client: Client) -> None:
    there, nowhere = seen(client, code.code), seen(client, "2222222222")
    assert (there[0], nowhere[0]) == (404, 404)
    assert there[1].replace(code.code, "…") == nowhere[1].replace("2222222222", "…")
    for nonsense in ("1", "<b>x</b>", "〔2026〕", "A" * 300, "%00"):
        assert seen(client, nonsense)[0] == 404
        assert client.get("/p/", {"code": nonsense}).status_code == 404
    assert "<b>x</b>" not in seen(client, "<b>x</b>")[1]


def test_an_older_version_points_to_the_newest(code: PaperCode, client: Client) -> None:
    issue(code)
    newer = issue(code, version=2)
    assert "请以第 2 版为准" in seen(client, code.code)[1]
    assert "文书真实有效" in seen(client, newer.code)[1]


def test_a_withdrawn_paper_says_since_when(code: PaperCode, client: Client) -> None:
    issue(code)
    with write(actor=system(code.county_id)):
        codes.withdraw(subject=PAPER)
    today = clock.today()
    assert f"已于{today.year}年{today.month}月{today.day}日撤回" in seen(client, code.code)[1]


def test_the_page_says_nothing_else_and_keeps_nothing(code: PaperCode, county: County, client: Client) -> None:
    issue(code)
    answer = client.get(f"/p/{code.code}")
    text = answer.content.decode()
    for secret in (county.name, county.issuer, Paper.journal_id, Paper.journal_kind, "ab" * 8, "csrf"):
        assert secret not in text
    assert (answer.cookies, answer["Cache-Control"], answer["X-Robots-Tag"]) == ({}, "no-store", "noindex")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.post(f"/p/{code.code}").status_code == 405


def test_whoever_tries_codes_is_told_to_wait(code: PaperCode, client: Client) -> None:
    issue(code)
    asked = [client.get(f"/p/{code.code}") for _ in range(int(rules.AT_ONCE) + 5)]
    late = [each for each in asked if each.status_code == 429]
    assert len(late) >= 4
    assert (late[0]["Retry-After"], "文书真实有效" in late[0].content.decode()) == ("10", False)
    other: Any = client.get(f"/p/{code.code}", REMOTE_ADDR="198.51.100.7")
    assert other.status_code == 200


def test_patience_grows_again_and_neighbours_share_it() -> None:
    patience = rules.Patience()
    assert [patience.holds("2001:db8::1", 0.0) for _ in range(21)] == [True] * 20 + [False]
    assert patience.holds("2001:db8::ffff", 0.0) is False
    assert patience.holds("2001:db8:0:1::1", 0.0) is True
    assert [patience.holds("2001:db8::1", 4.0) for _ in range(3)] == [True, True, False]
    assert patience.holds("::ffff:198.51.100.1", 0.0) is True
    assert rules.caller("::ffff:198.51.100.1") == rules.caller("198.51.100.1")


def test_what_is_remembered_is_bounded() -> None:
    patience = rules.Patience()
    for at in range(rules.REMEMBERED + 100):
        patience.holds(f"10.{at >> 16}.{at >> 8 & 255}.{at & 255}", 0.0)
    assert len(patience._levels) == rules.REMEMBERED

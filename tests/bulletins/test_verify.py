"""`manage.py bulletin verify`: genuine, which issue, whether it stands or was corrected."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backend.bulletins.models import Bulletin, Circular
from backend.bulletins.rules.editions import Edition
from backend.bulletins.services import circulars, compiling, editing, publishing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.media.services import blobs
from tests.bulletins.records import MARCH, at


def issued(maker: Actor, signer: Actor) -> Bulletin:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    signing.sign(actor=signer, bulletin_id=bulletin.pk)
    return publishing.publish(actor=maker, bulletin_id=bulletin.pk)


def verified(path: Path, *more: str) -> str:
    out = StringIO()
    call_command("bulletin", "verify", str(path), *more, stdout=out)
    return out.getvalue()


@pytest.fixture
def issue(maker: Actor, signer: Actor) -> Bulletin:
    return issued(maker, signer)


@pytest.fixture
def paper(issue: Bulletin, tmp_path: Path) -> Path:
    path = tmp_path / "半月报.pdf"
    path.write_bytes(blobs.read(issue.papers.get(edition=Edition.SCHOOL).sha256))
    return path


def test_a_genuine_paper_says_which_issue_and_edition_it_is(paper: Path, issue: Bulletin) -> None:
    told = verified(paper, "--rebuild")
    assert f"文件真实：{issue.title}，学校版。" in told
    assert issue.snapshot_hash in told
    assert "按存档数据重新排印：字节相同。" in told
    assert "状态：已印发，未被更正。" in told


def test_the_workbook_is_known_too(issue: Bulletin, tmp_path: Path) -> None:
    sheet = tmp_path / "附件1.xlsx"
    sheet.write_bytes(blobs.read(issue.papers.exclude(sheet_sha256="").get().sheet_sha256))
    assert "附件1统计表" in verified(sheet)


def test_a_changed_byte_is_found(paper: Path) -> None:
    paper.write_bytes(paper.read_bytes()[:-1] + b" ")
    with pytest.raises(CommandError, match="不是本系统签发的文件"):
        verified(paper)


def test_a_withdrawn_paper_names_its_correction(paper: Path, issue: Bulletin, maker: Actor, signer: Actor) -> None:
    publishing.withdraw(actor=signer, bulletin_id=issue.pk, reason="数据有误。")
    with pytest.raises(CommandError, match="该件已撤回，尚无更正。"):
        verified(paper)
    second = issued(maker, signer)
    with pytest.raises(CommandError, match=r"由“双减”督查半月报2026年第2期（总第2期）.*更正") as caught:
        verified(paper)
    assert second.title in str(caught.value)


def test_what_is_signed_and_not_published_yet_is_told_so(maker: Actor, signer: Actor, tmp_path: Path) -> None:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    path = tmp_path / "半月报.pdf"
    path.write_bytes(blobs.read(signing.sign(actor=signer, bulletin_id=bulletin.pk).pdf_sha256))
    assert "状态：已签发，尚未印发。" in verified(path)


def test_a_circular_is_told_in_every_state(maker: Actor, signer: Actor, hand: clock.Hand, tmp_path: Path) -> None:
    hand.set(at(1, month=4))
    path = tmp_path / "通报.pdf"
    first = _circular(maker, signer)
    path.write_bytes(blobs.read(first.pdf_sha256))
    assert "状态：已签发，尚未印发。" in verified(path, "--rebuild")
    circulars.publish(actor=maker, circular_id=first.pk)
    told = verified(path, "--rebuild")
    assert f"文件真实：{first.title}（{first.number_text}），通报。" in told
    assert "按存档数据重新排印：字节相同。" in told
    assert "状态：已印发，未被更正。" in told
    circulars.withdraw(actor=signer, circular_id=first.pk, reason="数据有误。")
    with pytest.raises(CommandError, match="该件已撤回，尚无更正。"):
        verified(path)
    second = _circular(maker, signer)
    with pytest.raises(CommandError, match=second.number_text):
        verified(path)


def _circular(maker: Actor, signer: Actor) -> Circular:
    circular = circulars.compile(actor=maker, month="2026-03")
    circulars.review(actor=maker, circular_id=circular.pk)
    return circulars.sign(actor=signer, circular_id=circular.pk)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="无法读取文件"):
        verified(tmp_path / "没有.pdf")

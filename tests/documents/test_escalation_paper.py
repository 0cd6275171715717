"""Papers of escalation: a reminder is one page, a long record stays whole, every paper bears its code."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from backend.documents import escalation_paper
from backend.documents.escalation_data import Chapter, EscalationPaper, OutstandingFinding

pytestmark = pytest.mark.once

DAY = date(2026, 11, 24)
FINDING = OutstandingFinding(1, "抽查三年级一班作业公示，连续3天未公示书面作业时间", "一般", DAY, "整改中")
REMINDER = EscalationPaper(
    agency_name="云川县人民政府教育督导委员会办公室",
    document_number="云督催〔2026〕3号",
    title="整改催办单",
    document_date=DAY,
    issued_at=datetime(2026, 11, 24, 0, 30, tzinfo=UTC),
    main_recipient="云川县第二小学（演示）",
    opening=("整改期限2026年11月23日已过1个工作日，仍未报送整改情况。现予以催办，有关事项通知如下：",),
    findings=(FINDING, replace(FINDING, number=2, due_date=None)),
    chapters=(Chapter("工作要求", ("请立即整改，并于3个工作日内提交整改报告和佐证材料。",)),),
    copy_to=("第三片区督导站",),
    verification_code="K7QF3-MPW2X",
    verification_address="https://dudao.example.org/p/K7QF3-MPW2X",
)


def words(paper: EscalationPaper) -> tuple[str, int]:
    rendered = escalation_paper.render(paper)
    assert rendered.warnings == ()
    pages = PdfReader(io.BytesIO(rendered.content)).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    return re.sub(r"—\d+—", "", text), rendered.pages


def test_a_reminder_is_one_page_with_everything_on_it() -> None:
    text, pages = words(REMINDER)
    wanted = (
        "整改催办单",
        "云督催〔2026〕3号",
        "未办结问题",
        "连续3天",
        "2026.11.24",
        "2026年11月24日",
        "抄送：第三片区督导站。",
    )
    assert (pages, [word for word in (*wanted, "校验码：K7QF3-MPW2X") if word not in text]) == (1, [])


def test_equal_facts_give_equal_bytes_and_other_codes_others() -> None:
    first = escalation_paper.render(REMINDER).sha256
    assert escalation_paper.render(REMINDER).sha256 == first
    assert escalation_paper.render(replace(REMINDER, verification_address="https://x.example/p/1")).sha256 != first


def test_a_record_with_a_form_lines_to_sign_and_a_long_promise_stays_whole() -> None:
    promise = "承诺整改到位。" * 280
    paper = replace(
        REMINDER,
        title="约谈记录",
        main_recipient="",
        opening=(),
        copy_to=(),
        facts=(("单位", "云川县第二小学（演示）"), ("参加人", "校长、" * 60)),
        findings=tuple(replace(FINDING, number=at, due_date=DAY + timedelta(at)) for at in range(1, 31)),
        chapters=(Chapter("约谈要点", ("第一点", "第二点。")), Chapter("整改承诺", (promise,)), Chapter("无", ())),
        signatures=("被约谈人签名", "记录人签名"),
    )
    text, pages = words(paper)
    assert (pages > 3, text.count("承诺整改到位。"), "1.第一点。" in text, "三、" in text) == (True, 280, True, True)
    assert text.index("被约谈人签名") > text.rindex("承诺整改到位。")
    assert "（印章）" not in text

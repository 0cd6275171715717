"""What a screen reader finds, and where ink may lie."""

import io
from collections import Counter
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from backend.documents import bulletin, rectification_notice
from backend.documents.grid import BOTTOM, LEFT, PAGE, RIGHT, TOP
from backend.documents.rendered import Rendered
from tests.documents import papers

pytestmark = pytest.mark.once

NUMBER_ZONE = 40.0  # points under the type area in which the page number stands


@pytest.fixture(scope="module")
def full() -> Rendered:
    return bulletin.render(papers.full_bulletin())


def elements(content: bytes) -> list[tuple[str, str]]:
    """Kind and alternative text of every structure element, in reading order."""

    def flat(node: Any) -> list[tuple[str, str]]:
        node = node.get_object()
        kids = node.get("/K", [])
        below = [entry for kid in kids for entry in flat(kid)] if isinstance(kids, list) else []
        return [(str(node["/S"]), str(node.get("/Alt", ""))), *below]

    root: Any = PdfReader(io.BytesIO(content)).root_object["/StructTreeRoot"]
    return flat(root["/K"])


def test_the_paper_is_tagged_with_headings_tables_and_figures(full):
    kinds = Counter(kind for kind, _ in elements(full.content))
    assert str(PdfReader(io.BytesIO(full.content)).root_object["/MarkInfo"]) == "{'/Marked': True}"
    assert kinds["/Document"] == 1
    assert kinds["/H1"] == 1 + 7 + 2
    assert kinds["/H2"] == 5
    assert kinds["/Figure"] == 4 + 2 + 1
    assert kinds["/TH"] >= 7 + 5 + 6 + 6 + 4 + 5 + 5
    assert kinds["/TD"] > 17 * 7 + 48 * 8


def test_figures_are_told_in_words(full):
    alts = [alt for kind, alt in elements(full.content) if kind == "/Figure"]
    assert alts[1] == "发现问题分类统计（个）：作业管理31；课后服务18；五项管理14；教学行为11；考试管理8；教师行为5"
    assert alts[2].endswith("八年级无数据（上限90）；九年级96.3（上限90）")
    assert "照片：作业公示栏（改前）" in alts
    assert [alt for alt in alts if not alt] == []


def test_rows_of_a_table_hold_their_cells(full):
    root: Any = PdfReader(io.BytesIO(full.content)).root_object["/StructTreeRoot"]
    document = root["/K"]
    first = next(kid.get_object() for kid in document["/K"] if kid.get_object()["/S"] == "/Table")
    rows = [row.get_object() for row in first["/K"]]
    assert [str(row["/S"]) for row in rows] == ["/TR"] * 18
    assert [len(row["/K"]) for row in rows] == [7] * 18


def test_the_receipt_is_tagged_too():
    kinds = Counter(kind for kind, _ in elements(rectification_notice.render(papers.notice()).content))
    assert (kinds["/Figure"], kinds["/Table"]) == (2, 2)


@pytest.mark.parametrize("make", [papers.full_bulletin, papers.empty_bulletin])
def test_no_ink_lies_outside_the_type_area_but_the_page_number(make):
    document = pypdfium2.PdfDocument(bulletin.render(make()).content)
    outside = []
    for number in range(len(document)):
        picture = document[number].render(scale=1, grayscale=True).to_pil().convert("L").point(lambda v: 255 - v)
        edge = 2
        margins = {
            "left": (0, 0, int(LEFT) - edge, picture.height),
            "right": (int(PAGE[0] - RIGHT) + edge + 1, 0, picture.width, picture.height),
            "top": (0, 0, picture.width, int(TOP) - edge),
            "foot": (0, int(PAGE[1] - BOTTOM + NUMBER_ZONE), picture.width, picture.height),
        }
        outside += [(number, side) for side, box in margins.items() if picture.crop(box).getbbox()]
    document.close()
    assert outside == []

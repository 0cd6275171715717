"""Reading lists from spreadsheets: whatever the file holds, the answer is rows and Chinese reasons."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.registry.rules import tables
from backend.registry.rules.faults import MAX_FAULTS, Faults
from backend.registry.rules.sheets import INSTITUTIONS, SCHOOLS, SHEETS, Sheet, read_sheet

HEAD = "code,name,stage,district"
FULL = "code,name,stage,kind,district,area_station,team,students,participants,classes,lng,lat"
GOOD = "SCH001,澄江第一小学,小学,城区小学,澄江学区,第一片区督导站,1,1974,1943,44,108.7132,30.9322"


def read(text: str | bytes, sheet: Sheet = SCHOOLS) -> tuple[list[dict[str, object]], list[tuple[int, str, str]]]:
    faults = Faults()
    data = text if isinstance(text, bytes) else text.encode()
    _, records = read_sheet(sheet, data, faults)
    return [record.values for record in records], [(f.row, f.column, f.reason) for f in faults.in_order]


def one_fault(row: str, header: str = FULL) -> tuple[int, str, str]:
    _, faults = read(f"{header}\n{row}\n")
    assert len(faults) == 1
    return faults[0]


SCHOOL = {
    "code": "SCH001",
    "name": "澄江第一小学",
    "stage": "primary",
    "category": "城区小学",
    "district": "澄江学区",
    "station": "第一片区督导站",
    "team": "1",
    "students": 1974,
    "participants": 1943,
    "classes": 44,
    "longitude": 108.7132,
    "latitude": 30.9322,
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_good_row_is_read_from_every_usual_encoding(encoding: str, newline: str) -> None:
    assert read(f"{FULL}{newline}{GOOD}{newline}".encode(encoding)) == ([SCHOOL], [])


def test_columns_may_stand_in_any_order_and_optional_ones_be_missing() -> None:
    values, faults = read("district,stage,name,code\n澄江学区,小学,澄江第一小学,SCH001\n")
    assert faults == []
    assert values == [{"code": "SCH001", "name": "澄江第一小学", "stage": "primary", "district": "澄江学区"}]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("小学", "primary"),
        ("初中", "junior"),
        ("九年一贯制", "nine_year"),
        ("完全中学初中部", "complete_junior"),
        ("特殊教育学校", "special"),
    ],
)
def test_chinese_stages_become_codes(word: str, code: str) -> None:
    values, faults = read(f"{HEAD}\nSCH001,某校,{word},澄江学区\n")
    assert (values[0]["stage"], faults) == (code, [])


@pytest.mark.parametrize(
    ("status", "active"),
    [("正常", True), ("已营改非", True), ("学转非办理中", True), ("已压减", False), ("已关停", False), ("", True)],
)
def test_the_status_of_an_institution_says_whether_it_is_visited(status: str, active: bool) -> None:
    head = "code,name,class,status,district"
    values, faults = read(f"{head}\nINS001,某中心(演示),非学科类,{status},澄江学区\n", INSTITUTIONS)
    assert (values[0]["is_active"], faults) == (active, [])


@pytest.mark.parametrize("cell", ["=1+1", "=HYPERLINK(1)", "+86", "-甲", "@SUM(A1)", "'x"])
def test_a_cell_that_looks_like_a_formula_is_text(cell: str) -> None:
    values, faults = read(f"{HEAD}\nSCH001,{cell},小学,澄江学区\n")
    assert (values[0]["name"], faults) == (cell, [])


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        (
            "小学,城区",
            "幼儿园,城区",
            "stage",
            "不认识“幼儿园”，应为：小学、初中、九年一贯制、完全中学初中部、特殊教育学校。",
        ),
        ("SCH001", "SCH 001", "code", "编码只能由 1 到 32 个字母、数字、下划线和短横线组成。"),
        ("SCH001", "", "code", "不能为空。"),
        ("澄江第一小学", "澄\0江", "name", "含有不可见的控制字符。"),
        ("澄江第一小学", "长" * 121, "name", "不能超过 120 个字。"),
        ("1974", "-5", "students", "不能是负数。"),
        ("1974", "约2000", "students", "应为整数。"),
        ("1974", "1974.5", "students", "应为整数。"),
        ("1974", "9" * 30, "students", "应为整数。"),
        ("1974", "999999999", "students", "不能大于 100000。"),
        ("1943", "1975", "participants", "参加课后服务人数不能多于学生数。"),
        ("108.7132,30.9322", "30.9322,108.7132", "lng", "坐标不在中国境内，请检查经度和纬度是否颠倒。"),
        ("108.7132,30.9322", ",30.9322", "lng", "经度和纬度须同时填写。"),
        ("108.7132", "nan", "lng", "应为以度为单位的小数，例如 108.7132。"),
        ("108.7132", "1e2", "lng", "应为以度为单位的小数，例如 108.7132。"),
    ],
)
def test_a_bad_cell_is_told_by_row_column_and_reason(old: str, new: str, column: str, reason: str) -> None:
    if old in {"108.7132"}:
        _, faults = read(f"{FULL}\n{GOOD.replace(old, new)}\n")
        assert (2, column, reason) in faults
    else:
        assert one_fault(GOOD.replace(old, new)) == (2, column, reason)


def test_whole_numbers_may_come_as_spreadsheets_write_them() -> None:
    values, faults = read(f"{FULL}\n{GOOD.replace('1974', '1974.0')}\n")
    assert (values[0]["students"], faults) == (1974, [])


def test_a_ragged_row_is_told_and_the_others_are_read() -> None:
    values, faults = read(f"{FULL}\n{GOOD},多余\nSCH002,短\n{GOOD},,\n")
    assert (len(values), faults) == (
        1,
        [(2, "", "此行有 13 列，表头有 12 列。"), (3, "", "此行有 2 列，表头有 12 列。")],
    )


def test_row_numbers_are_those_of_the_spreadsheet() -> None:
    _, faults = read(f"\n{HEAD}\n\nSCH001,甲校,小学,澄江学区\n,,,\nSCH001,乙校,小学,澄江学区\n")
    assert faults == [(6, "code", "编码与第 4 行重复。")]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("code,name,stage", (1, "district", "缺少此列。")),
        (f"{HEAD},校长", (1, "校长", "不认识此列。")),
    ],
)
def test_a_wrong_header_is_told(header: str, fault: tuple[int, str, str]) -> None:
    assert read(f"{header}\nx\n") == ([], [fault])


def test_a_repeated_column_is_told() -> None:
    _, faults = read(f"{HEAD},name\n")
    assert set(faults) == {(1, "name", "此列重复出现。")}


def test_an_empty_file_lacks_every_column() -> None:
    for data in (b"", b"\xef\xbb\xbf", b"\n\n"):
        _, faults = read(data)
        assert [fault[1] for fault in faults] == ["code", "name", "stage", "district"]


def test_an_open_quotation_mark_is_told() -> None:
    _, faults = read(f'{HEAD}\nSCH001,甲校,小学,澄江学区\nSCH002,"乙校,小学,澄江学区\n')
    assert faults == [(3, "", "此行的引号不成对或单元格过长，无法读取。")]


def test_lines_in_no_encoding_are_told_one_by_one() -> None:
    data = f"{HEAD}\nSCH001,甲校,小学,澄江学区\n".encode() + b"SCH002,\xff\xff,x,y\n" + b"SCH003,\xfe\xff\n"
    values, faults = read(data)
    assert values == []
    assert faults == [(row, "", "此行不是 UTF-8 或 GBK 编码，请检查文件的保存编码。") for row in (3, 4)]


def test_utf_16_is_told_as_such() -> None:
    _, faults = read(f"{FULL}\n{GOOD}\n".encode("utf-16"))
    assert faults == [(1, "", "文件是 UTF-16 编码，请另存为 UTF-8 或 GBK 编码的 CSV。")]


def test_a_list_is_bounded() -> None:
    rows = "".join(f"S{n},校,小学,澄江学区\n" for n in range(tables.MAX_ROWS + 1))
    values, faults = read(f"{HEAD}\n{rows}")
    assert len(values) == tables.MAX_ROWS
    assert faults == [(tables.MAX_ROWS + 2, "", "一次最多导入 10000 行，请分批导入。")]


def test_reasons_are_bounded() -> None:
    _, faults = read(HEAD + "\nx" * 5000)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1][2] == "错误过多，其余不再列出。"


@given(data=st.binary(max_size=400), sheet=st.sampled_from(sorted(SHEETS)))
def test_no_bytes_break_the_reader(data: bytes, sheet: str) -> None:
    values, faults = read(data, SHEETS[sheet])
    assert values == [] or faults == []


@settings(max_examples=40)
@given(
    cells=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=12, max_size=12), max_size=4
    )
)
def test_no_cells_break_the_reader(cells: list[list[str]]) -> None:
    text = "\n".join([FULL, *(",".join(row) for row in cells)])
    _, faults = read(text.encode())
    assert all(reason.endswith("。") and row >= 1 for row, _, reason in faults)

"""The bulletin as a web page, for the engine that is measured beside ours: the same words, tables, bars and photos."""

import base64
import lzma
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from backend.documents.bulletin_data import Bulletin, Section, TypicalCase
from backend.documents.fonts import Face
from backend.documents.fonts.faces import FILES, VENDORED
from backend.documents.photos import SHORT_SIDE, printable
from backend.documents.table_data import TableData
from backend.documents.tables import cell_text

STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: "— " counter(page) " —"; font: 14pt song; } }
body { font: 15.75pt/28.95pt body; text-align: justify; margin: 0 } p { text-indent: 2em; margin: 0 }
h1 { font: 46pt/60pt title; color: #cc0d12; text-align: center; border-bottom: 1mm solid #cc0d12 }
h2 { font: 15.75pt hei; bookmark-level: 1 } h3 { font: 15.75pt kai; bookmark-level: 2 }
table { border-collapse: collapse; width: 100%; font: 10.5pt/15pt song; margin: 8pt 0 } thead { background: #e8e8e8 }
th { font-family: hei } td, th { border: .5pt solid black; padding: 3.5pt 4pt; text-indent: 0 }
tr { break-inside: avoid } .compact { font: 9pt/12.5pt song } figure { display: inline-block; width: 48%; margin: 0 }
figure img { width: 100% } figcaption { font-size: 10pt; text-align: center } .new { break-before: page }
.contents a::after { content: leader('.') target-counter(attr(href), page) } .contents p { text-indent: 0 }
"""


def write_page(data: Bulletin, folder: Path) -> Path:
    """Write the page and its fonts into ``folder``; return the page."""
    faces = []
    names = {Face.BODY: "body", Face.KAI: "kai", Face.TITLE: "title", Face.HEI: "hei", Face.SONG: "song"}
    for face, name in names.items():
        (folder / f"{name}.ttf").write_bytes(lzma.decompress((VENDORED / f"{FILES[face]}.ttf.xz").read_bytes()))
        faces.append(f"@font-face {{ font-family: {name}; src: url({name}.ttf) }}")
    (folder / "style.css").write_text("\n".join(faces) + STYLE)
    page = folder / "bulletin.html"
    page.write_text(f"<!doctype html><html lang=zh-CN><meta charset=utf-8><body>{''.join(_body(data))}")
    return page


def _body(data: Bulletin) -> Iterator[str]:
    chapters = list(_chapters(data))
    yield f"<h1>{escape(data.masthead.title)}</h1><p>{escape(data.masthead.issuer)}</p><div class=contents>"
    yield from (f'<p><a href="#c{at}">{escape(title)}</a></p>' for at, (title, _) in enumerate(chapters))
    yield "</div>"
    yield from _table(["指标", "本期", "上期"], [(one.label, one.value, one.previous) for one in data.figures])
    for at, (title, parts) in enumerate(chapters):
        yield f'<h2 id="c{at}"{" class=new" if title.startswith("附件") else ""}>{escape(title)}</h2>'
        yield from parts


def _chapters(data: Bulletin) -> Iterator[tuple[str, Iterable[str]]]:
    teams = [(row.name, row.assigned, row.visited, row.photos, row.findings, row.average_score) for row in data.teams]
    days = [(str(point.day), point.actual or 0.0) for point in data.coverage]
    found = [(one.name, float(one.count)) for one in data.findings_by_category]
    minutes = [(one.grade, one.minutes or 0.0) for one in data.homework]
    states = [(row.name, row.new, row.closed, row.open_in_time, row.late, row.reopened) for row in data.districts]
    closed = [(row.name, float(row.closed)) for row in data.districts]
    late = [(x.unit, x.document_number, x.finding, x.due_date, x.days_late, x.step) for x in data.late_items]
    ledger = [(x.document_number, x.unit, x.finding, x.severity, x.due_date, x.state, x.closed_on) for x in data.ledger]
    groups = data.indicator_form.groups if data.indicator_form else ()
    rows = [(group.name, one.name, one.count, one.share) for group in groups for one in group.indicators]
    team_head = ["督查组", "应查", "已查", "照片", "问题", "平均得分"]
    yield "一、督查开展情况", [*_section(data.inspection), *_table(team_head, teams), _bars(days)]
    yield "二、校内减负情况", [*_section(data.in_school), _bars(found), _bars(minutes)]
    yield "三、校外治理情况", [*_section(data.out_of_school)]
    yield "四、典型问题与好的做法", [*_cases((*data.cases, *data.good_practices))]
    state_head = ["学区", "新增", "已销号", "整改中", "逾期", "反弹"]
    late_head = ["单位", "文号", "问题", "时限", "逾期天数", "督办"]
    tables = [*_table(state_head, states), _bars(closed), *_table(late_head, late)]
    yield "五、整改台账", [*_section(data.rectification), *tables]
    yield "七、下步安排", [*_section(data.next_steps)]
    yield "附件1　“双减”工作进展情况统计表", [*_table(["类别", "指标", "数量", "占比"], rows)]
    ledger_head = ["文号", "单位", "问题", "级别", "时限", "状态", "销号"]
    for annex in data.annexes:
        yield f"附件　{annex.title}", [part for table in annex.tables for part in _own_table(table)]
    yield "附件　整改台账（摘录）", [*_table(ledger_head, ledger, kind="compact")]


def _section(section: Section) -> Iterator[str]:
    yield from (f"<p>{escape(text)}</p>" for text in section.paragraphs)
    for part in section.subsections:
        yield f"<h3>{escape(part.title)}</h3>"
        yield from (f"<p>{escape(text)}</p>" for text in part.paragraphs)
    for table in section.tables:
        yield from _own_table(table)


def _own_table(data: TableData) -> Iterator[str]:
    yield from _table([column.title for column in data.columns], data.rows)


def _cases(cases: Sequence[TypicalCase]) -> Iterator[str]:
    for case in cases:
        yield f"<p>{escape(f'{case.place}。{case.fact}（依据：{case.legal_basis}）{case.state}')}</p>"
        for photo in case.photos:
            picture = printable(photo, SHORT_SIDE)
            if picture:
                url = "data:image/jpeg;base64," + base64.b64encode(picture.content).decode()
                yield f'<figure><img src="{url}"><figcaption>{escape(photo.caption)}</figcaption></figure>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], kind: str = "") -> Iterator[str]:
    yield f'<table class="{kind}"><thead><tr>' + "".join(f"<th>{head}</th>" for head in heads) + "</tr></thead>"
    for row in rows:
        cells = (cell_text(cell if isinstance(cell, int | float | None) else str(cell)) for cell in row)
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    yield "</table>"


def _bars(values: Sequence[tuple[str, float]]) -> str:
    highest, pitch = max(value for _, value in values) or 1.0, 18
    drawn = "".join(
        f'<text x="90" y="{at * pitch + 12}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="95" y="{at * pitch + 3}" width="{300 * value / highest:.1f}" height="11" fill="#214a78"/>'
        f'<text x="{400 * value / highest / 1.333 + 99:.1f}" y="{at * pitch + 12}">{value:g}</text>'
        for at, (name, value) in enumerate(values)
    )
    return f'<svg width="440" height="{len(values) * pitch}" font-family="hei" font-size="9">{drawn}</svg>'

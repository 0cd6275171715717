"""Lists of schools and institutions: imported with a report by row, and given out as what an import reads."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from backend.core import clock, sheets
from backend.core.actor import Actor
from backend.core.errors import NotFound, TooLarge
from backend.core.streaming import streamed
from backend.desk import pages
from backend.desk.deeds import Deed
from backend.desk.navigation import OFFICE
from backend.desk.staff import StaffPage
from backend.registry.api.parsers import MAX_FILE, TOO_LARGE
from backend.registry.models import Target
from backend.registry.rules.sheets import SHEETS, Sheet
from backend.registry.rules.tables import MAX_ROWS
from backend.registry.selectors import listing, targets
from backend.registry.services.imports import Report, import_targets

KINDS = {"schools": "学校名单", "institutions": "培训机构名单"}
REPORT = "import_report"
MOST_SHOWN = 200
"""Faults on the page; all of them are in the file."""


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label="名单", choices=list(KINDS.items()))
    mode = forms.ChoiceField(
        label="方式",
        choices=[("dry", "先试运行：只检查，不写入"), ("real", "正式导入：全部无误才写入")],
        initial="dry",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="文件（CSV 或 XLSX，不超过 4 MB）",
        allow_empty_file=True,
        max_length=1000,
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx"}),
    )


def _import(actor: Actor, found: None, values: dict[str, Any]) -> dict[str, Any]:
    """The report with what was asked for, as it is shown."""
    dry = values["mode"] == "dry"
    report = import_targets(actor=actor, sheet=SHEETS[values["kind"]], data=_bytes(values["file"]), dry_run=dry)
    return {**report.as_json(), "kind": values["kind"], "dry": dry, "said": _said(report, dry)}


def _bytes(file: "UploadedFile[Any]") -> bytes:
    """Raises `TooLarge`. The file's name says nothing and is not kept."""
    if (file.size or 0) > MAX_FILE:
        raise TooLarge("file_too_large", TOO_LARGE)
    return bytes(file.read())


def _said(report: Report, dry: bool) -> str:
    if report.errors:
        return f"名单有 {len(report.errors)} 处错误，没有写入任何内容。请按下表修改后重新导入。"
    counts = f"共 {report.rows} 行：新登记 {report.created}，修改 {report.updated}，无变化 {report.unchanged}"
    return f"试运行通过，尚未写入。{counts}。确认后请选择“正式导入”。" if dry else f"导入完成。{counts}。"


def _heard(report: dict[str, Any]) -> str:
    """The sentence above the form; the report itself stands below it."""
    if report["errors"]:
        return "名单已检查，有错误，结果见下。"
    return "试运行完毕，结果见下。" if report["dry"] else "导入完毕，结果见下。"


class ImportPage(StaffPage[None]):
    """Import a list; what came of it stands below the form until the page is left."""

    template = "staff/registry_import.html"
    roles = OFFICE
    deeds = (Deed("import", "导入名单", _import, _heard, ImportForm, tone="main"),)

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def keep(self, request: HttpRequest, deed: Deed, result: Any) -> None:
        request.session[REPORT] = result

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        report = request.session.get(REPORT)
        tables = [(title, kind, _columns(SHEETS[kind])) for kind, title in KINDS.items()]
        return {
            "report": report,
            "title": KINDS[report["kind"]] if report else "",
            "faults": report["errors"][:MOST_SHOWN] if report else [],
            "more": max(0, len(report["errors"]) - MOST_SHOWN) if report else 0,
            "tables": tables,
            "most": MAX_ROWS,
        }


def _columns(sheet: Sheet) -> list[tuple[str, str, bool]]:
    """Of each column its name in the file, what it is called on the pages, and whether it must be there."""
    return [(column.name, _called(column.field), column.needed) for column in sheet.columns]


def _called(field: str) -> str:
    """Of a reference, what it refers to."""
    found = {one.name: one for one in Target._meta.fields}[field]
    about = found.related_model
    return str(found.verbose_name if about is None or isinstance(about, str) else about._meta.verbose_name)


@require_safe
@pages.for_roles(OFFICE)
def faults(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Everything that was wrong with the list that was imported last, as a file."""
    report = request.session.get(REPORT)
    if not report:
        raise NotFound("import_report")
    rows = [[each["row"], each["column"], each["reason"]] for each in report["errors"]]
    return streamed(
        request,
        lambda: sheets.csv_pieces(["行", "列", "原因"], rows),
        filetype=sheets.CSV_TYPE,
        name="import-faults.csv",
    )


@require_safe
@pages.for_roles(OFFICE)
def listed(request: HttpRequest, actor: Actor, table: str, kind: str) -> HttpResponseBase:
    """All schools or institutions, closed ones as well, as the table that an import reads."""
    if table not in SHEETS:
        raise NotFound("sheet", table)
    sheet = SHEETS[table]
    rows, headings = targets.scoped(actor), listing.headings(sheet)

    def make() -> Iterator[bytes]:
        cells = listing.rows(rows, sheet)
        if kind == "csv":
            return sheets.csv_pieces(headings, cells)
        return sheets.xlsx_pieces(KINDS[table], headings, cells)

    filetype = sheets.CSV_TYPE if kind == "csv" else sheets.XLSX_TYPE
    return streamed(request, make, filetype=filetype, name=f"{table}-{clock.today():%Y%m%d}.{kind}")

"""Checklists: drafted from a file, seen as a phone shows them, compared with the version before, put into force."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.core.actor import Actor
from backend.core.errors import NotFound, TooLarge, Unprocessable
from backend.desk import pages
from backend.desk.deeds import Deed
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.catalogue.reading import MAX_FILE, Located
from backend.inspections.catalogue.yaml_form import write_yaml
from backend.inspections.models import ChecklistTemplate, SeverityLevel, TemplateStatus
from backend.inspections.rules.checklist import TargetType
from backend.inspections.rules.differences import differences
from backend.inspections.rules.preview import PreviewLine, preview
from backend.inspections.rules.wording import TARGETS, TYPES
from backend.inspections.selectors import templates as selectors
from backend.inspections.services import template_files, templates
from backend.inspections.services.template_files import Report

READERS = OFFICE | LEADERSHIP
MOST_PLACES = 40
"""Faults of a file that are told at once; who puts these right sees the rest."""

OUTCOMES = {"created": "新建草稿", "updated": "更新草稿", "unchanged": "与现有版本相同，没有变化"}


class ChecklistFilters(forms.Form):
    status = forms.ChoiceField(label="状态", required=False, choices=[choices.ANY, *TemplateStatus.choices])


class UploadForm(forms.Form):
    """A checklist as a file."""

    file = forms.FileField(label="YAML 或电子表格文件（不超过 1 MB）")
    dry_run = forms.BooleanField(label="只检查，不导入", required=False)


def _upload(actor: Actor, found: None, values: dict[str, Any]) -> Report:
    if values["file"].size > MAX_FILE:
        raise TooLarge("file_too_large", "文件不能超过1 MB。")
    dry_run = values["dry_run"]
    report = template_files.import_file(actor=actor, data=values["file"].read(), dry_run=dry_run)
    if report.faults:
        lines = [_place(one) for one in report.faults[:MOST_PLACES]]
        said = "\n".join([f"文件有{len(report.faults)}处错误，未导入任何内容：", *lines])
        raise Unprocessable("import_refused", said)
    return report


def _place(one: Located) -> str:
    where = "，".join(word for word in (one.place, one.fault.item) if word)
    return f"{where or '全文'}：{one.fault.message_zh}"


def _said(report: Report) -> str:
    name = report.template.name if report.template else ""
    stored = report.row is not None and not report.row._state.adding
    begun = "已" if stored and report.outcome != "unchanged" else "可以"
    if report.outcome == "unchanged":
        return f"“{name}”{OUTCOMES['unchanged']}。"
    return f"文件无误，{begun}{OUTCOMES[report.outcome]}“{name}”，与现有版本有{len(report.changes)}处不同。"


def _lead(report: Report) -> str:
    if report.row is None or report.row._state.adding:
        return reverse("desk_checklists")
    return reverse("desk_checklist", args=[report.row.pk])


class ChecklistList(StaffPage[None]):
    """The newest version of every checklist, and all others behind the filter."""

    template = "staff/checklists.html"
    roles = READERS
    deeds = (
        Deed(
            "upload",
            "导入清单文件",
            _upload,
            _said,
            UploadForm,
            tone="main",
            explains="文件成为这份清单的草稿；有错误时逐处列出行号，什么都不导入。启用之前不影响任何检查。",
            leads_to=_lead,
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"upload"}) if actor.has(*OFFICE) else frozenset()

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(ChecklistFilters, request)
        rows = selectors.scoped(actor).filter(**wanted).defer("content").order_by("code", "-version")[:200]
        return {"rows": list(rows), "filters": filters}


class PreviewFilters(forms.Form):
    type = forms.ChoiceField(label="按对象预览", required=False)

    def __init__(self, *given: Any, types: choices.Choices = (), **more: Any) -> None:  # type: ignore[assignment]
        super().__init__(*given, **more)
        self.fields["type"].choices = types  # type: ignore[attr-defined]


class ChecklistPage(StaffPage[ChecklistTemplate]):
    """One version of one checklist."""

    template = "staff/checklist.html"
    roles = READERS
    deeds = (
        Deed(
            "publish",
            "启用",
            lambda actor, row, values: templates.publish(actor=actor, template_id=row.pk),
            "已启用，手机下次同步即用新版；已开始的到访仍用原版。",
            tone="main",
            explains="启用后内容不能再改；前一版随之停用。",
        ),
        Deed(
            "draft",
            "另建新版本",
            lambda actor, row, values: templates.draft(actor=actor, code=row.code),
            "已另建草稿，可导出文件修改后再导入。",
            leads_to=lambda row: reverse("desk_checklist", args=[row.pk]),
        ),
        Deed(
            "discard",
            "丢弃草稿",
            lambda actor, row, values: templates.discard(actor=actor, template_id=row.pk),
            "草稿已丢弃。",
            tone="grave",
            leads_to=lambda nothing: reverse("desk_checklists"),
        ),
        Deed(
            "retire",
            "停用",
            lambda actor, row, values: templates.retire(actor=actor, template_id=row.pk),
            "已停用，新的任务不再使用；已开始的到访照用。",
            tone="grave",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> ChecklistTemplate:
        return selectors.get(actor, uuid.UUID(str(key["template_id"])))

    def stamp(self, found: ChecklistTemplate) -> str:
        return stamp_of(found.status, found.content_hash)

    def offered(self, actor: Actor, found: ChecklistTemplate) -> frozenset[str]:
        if not actor.has(*OFFICE):
            return frozenset()
        if found.status == TemplateStatus.DRAFT:
            return frozenset({"publish", "discard"})
        retires = {"retire"} if found.status == TemplateStatus.PUBLISHED and found.code != selectors.GENERAL else set()
        return frozenset({"draft"} | retires)

    def context(self, request: HttpRequest, actor: Actor, found: ChecklistTemplate) -> dict[str, Any]:
        _, before = selectors.compared(actor, found.pk)
        parsed = found.parsed
        types = [(kind.value, TARGETS[kind]) for kind in parsed.targets]
        filters, wanted = chosen(lambda *given, **more: PreviewFilters(*given, types=types, **more), request)
        kind = TargetType(wanted.get("type") or types[0][0])
        lines = preview(parsed, kind, None, {})
        return {
            "row": found,
            "targets": "、".join(name for _, name in types),
            "kind": TARGETS[kind],
            "filters": filters,
            "before": before,
            "changes": [one.sentence for one in differences(before.parsed, parsed)] if before else [],
            "sections": _sections([one for one in lines if one.hidden is None]),
            "hidden": [one for one in lines if one.hidden is not None],
            "policies": parsed.policies,
        }


def _sections(lines: list[PreviewLine]) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault(line.item.section, []).append(_line(line))
    return list(found.items())


def _line(line: PreviewLine) -> dict[str, Any]:
    severity = line.item.severity
    return {
        "line": line,
        "type": TYPES[line.item.type],
        "severity": SeverityLevel(severity.value).label if severity else "",
        "passes": "；".join(line.passes),
        "basis": "；".join(line.citations),
    }


@require_safe
@pages.for_roles(OFFICE)
def file(request: HttpRequest, actor: Actor, template_id: uuid.UUID, form: str) -> HttpResponseBase:
    """One version as a file, YAML or a spreadsheet, to be changed and brought back."""
    found = selectors.get(actor, template_id)
    match form:
        case "yaml":
            data, kind = write_yaml(found.parsed), "application/yaml"
        case "xlsx":
            from backend.inspections.catalogue.sheet_form import write_xlsx  # slow to load, and seldom needed

            data = write_xlsx(found.parsed)
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case _:
            raise NotFound("template_file", form)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.code}-v{found.version}.{form}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(data, content_type=kind, headers=headers)

"""Templates from and to files: what comes in becomes a draft, and what is in use stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from backend.core.actor import Actor
from backend.inspections import catalogue
from backend.inspections.catalogue.reading import Located, Reading
from backend.inspections.catalogue.yaml_form import read_yaml
from backend.inspections.models import ChecklistTemplate, TemplateStatus
from backend.inspections.rules.checklist import Template
from backend.inspections.rules.differences import Difference, differences
from backend.inspections.selectors import policies
from backend.inspections.services import templates
from backend.inspections.services.authority import only_office
from backend.journal.writing import active, write

ARCHIVE = b"PK"
"""How every XLSX file begins, and no YAML file of ours."""


@dataclass(slots=True)
class Report:
    """What an import did, or with `dry_run` would do: `created`, `updated` (a draft), `unchanged` or `refused`.

    `changes` compare with the newest version that is there. With any fault nothing is written.
    """

    outcome: str
    faults: list[Located] = field(default_factory=list)
    template: Template | None = None
    row: ChecklistTemplate | None = None
    changes: Sequence[Difference] = ()


def import_file(*, actor: Actor, data: bytes, dry_run: bool = False) -> Report:
    """Make a file, YAML or XLSX, the draft of its checklist.

    A checklist that is not known keeps the version the file gives. A known one gets a new version, or its draft is
    replaced; a content equal to the newest version changes nothing. Raises `Forbidden`.
    """
    only_office(actor)
    reading = _read_sheets(data) if data.startswith(ARCHIVE) else read_yaml(data)
    template, faults = _template(actor.county_id, reading)
    if template is None:
        return Report("refused", faults)
    if dry_run:
        return _plan(actor, template)
    with templates.one_draft(), write(actor=actor) as change:
        report = _plan(actor, template)
        if report.row is not None and report.template is not None and report.outcome in ("created", "updated"):
            templates.store_draft(change, report.row, report.template)
    return report


def _read_sheets(data: bytes) -> Reading:
    from backend.inspections.catalogue.sheet_form import read_xlsx  # slow to load, and seldom needed

    return read_xlsx(data)


def _template(county_id: int, reading: Reading) -> tuple[Template | None, list[Located]]:
    if reading.document is None:
        return None, reading.faults
    try:
        return catalogue.from_document(policies.completed(county_id, reading.document)), []
    except catalogue.CatalogueError as error:
        return None, reading.located(error.faults[: templates.MOST_FAULTS])


def _plan(actor: Actor, template: Template) -> Report:
    rows = ChecklistTemplate.objects.filter(county_id=actor.county_id, code=template.code).order_by("-version")
    newest = (rows.select_for_update() if active() else rows).first()
    if newest is None:
        return _sized(Report("created", [], template, ChecklistTemplate(county_id=actor.county_id)))
    same = msgspec.structs.replace(template, version=newest.version)
    changes = differences(newest.parsed, same)
    if catalogue.content_hash(same) == newest.content_hash:
        return Report("unchanged", [], same, newest)
    if newest.status == TemplateStatus.DRAFT:
        return _sized(Report("updated", [], same, newest, changes))
    version = max(template.version, newest.version + 1)
    following = msgspec.structs.replace(template, version=version)
    return _sized(Report("created", [], following, ChecklistTemplate(county_id=actor.county_id), changes))


def _sized(report: Report) -> Report:
    """The report, refused where phones could not take the template."""
    assert report.template is not None
    probe = ChecklistTemplate(status=TemplateStatus.DRAFT, content=catalogue.to_document(report.template))
    if not templates.is_too_large(probe):
        return report
    reason = catalogue.Fault(None, "", "", "too_large", "too large", "清单内容超过64 KB，请拆分。")
    return Report("refused", [Located(reason)])

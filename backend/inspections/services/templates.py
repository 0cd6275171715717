"""Publishing checklist templates."""

import uuid
from collections.abc import Mapping
from typing import Any

from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections import catalogue
from backend.inspections.models import ChecklistTemplate, FindingLibrary, TemplateStatus
from backend.inspections.models.template import MAX_DOCUMENT_BYTES
from backend.inspections.rules.checklist import Template
from backend.inspections.services.authority import only_office
from backend.journal.writing import Change, write


def publish_catalogue(*, actor: Actor) -> list[ChecklistTemplate]:
    """Bring the shipped catalogue into the actor's county; what is there already stays as it is.

    Returns the templates published by this call. Raises `Forbidden`, and `Conflict(template_changed)` if a shipped
    version differs from the one published under the same number.
    """
    only_office(actor)
    with write(actor=actor) as change:
        rows = ChecklistTemplate.objects.select_for_update().filter(county_id=actor.county_id)
        known = {(row.code, row.version): row.content_hash for row in rows}
        return [
            _publish_new(change, actor.county_id, template)
            for template in catalogue.load_catalogue()
            if not _is_known(known, template)
        ]


def _is_known(known: Mapping[tuple[str, int], str], template: Template) -> bool:
    stored = known.get((template.code, template.version))
    if stored is not None and stored != catalogue.content_hash(template):
        raise Conflict("template_changed", f"清单“{template.name}”第{template.version}版已启用，内容不能更改。")
    return stored is not None


def _publish_new(change: Change, county_id: int, template: Template) -> ChecklistTemplate:
    row = ChecklistTemplate(county_id=county_id, code=template.code, version=template.version)
    _fill(row, template)
    return _publish(change, row)


def draft(*, actor: Actor, code: str) -> ChecklistTemplate:
    """A new draft version, a copy of the newest one. Raises `NotFound`, `Conflict(draft_exists)`, `Forbidden`."""
    only_office(actor)
    with write(actor=actor) as change:
        rows = ChecklistTemplate.objects.select_for_update().filter(county_id=actor.county_id, code=code)
        newest = rows.order_by("-version").first()
        if newest is None:
            raise NotFound("template", code)
        if newest.status == TemplateStatus.DRAFT:
            raise Conflict("draft_exists", f"清单“{newest.name}”已有未启用的草稿。")
        row = ChecklistTemplate(county_id=actor.county_id, code=code, version=newest.version + 1)
        _fill(row, catalogue.from_document({**newest.content, "version": row.version}))
        row.save()
        change.log("template.drafted", row, version=row.version)
    return row


def edit(*, actor: Actor, template_id: uuid.UUID, content: Mapping[str, Any]) -> ChecklistTemplate:
    """Replace a draft's content; code and version stay. Raises `Conflict(published)` for anything but a draft."""
    only_office(actor)
    with write(actor=actor) as change:
        row = _locked_draft(actor, template_id)
        try:
            _fill(row, catalogue.from_document({**content, "code": row.code, "version": row.version}))
        except catalogue.CatalogueError as fault:
            raise Invalid("bad_template", "清单内容有误，请按提示修改。", path="content", msg=str(fault)) from fault
        row.save()
        change.log("template.edited", row, content_hash=row.content_hash)
    return row


def publish(*, actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    """Put a draft into force; the version before is retired and stays readable for visits pinned to it."""
    only_office(actor)
    with write(actor=actor) as change:
        return _publish(change, _locked_draft(actor, template_id))


def _locked_draft(actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    rows = ChecklistTemplate.objects.select_for_update()
    row = rows.filter(pk=template_id, county_id=actor.county_id).first()
    if row is None:
        raise NotFound("template", template_id)
    if row.status != TemplateStatus.DRAFT:
        raise Conflict("published", "已启用的清单不能更改，请另建新版本。")
    return row


def _fill(row: ChecklistTemplate, template: Template) -> None:
    row.name = template.name
    row.content = catalogue.to_document(template)
    row.content_hash = catalogue.content_hash(template)


def _publish(change: Change, row: ChecklistTemplate) -> ChecklistTemplate:
    _check_size(row)
    _retire_before(change, row)
    row.status, row.published_at = TemplateStatus.PUBLISHED, clock.now()
    row.save()
    change.put(row)
    change.put(FindingLibrary(row))
    change.log("template.published", row, code=row.code, version=row.version, content_hash=row.content_hash)
    return row


def _retire_before(change: Change, row: ChecklistTemplate) -> None:
    rows = ChecklistTemplate.objects.filter(county_id=row.county_id, code=row.code, status=TemplateStatus.PUBLISHED)
    for old in rows.exclude(pk=row.pk):
        old.status, old.retired_at = TemplateStatus.RETIRED, clock.now()
        old.save(update_fields=["status", "retired_at"])
        change.put(old)
        change.remove(FindingLibrary(old))
        change.log("template.retired", old, version=old.version)


def _check_size(row: ChecklistTemplate) -> None:
    if len(codec.dumps(row.journal_document())) >= MAX_DOCUMENT_BYTES:
        raise Invalid("too_large", "清单内容超过 64 KB，请拆分。", path="content", msg="清单内容超过 64 KB。")

"""Making checklist templates: drafted, edited, published, retired. What was published is never changed."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from django.db import IntegrityError

from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections import catalogue
from backend.inspections.models import ChecklistTemplate, FindingLibrary, TemplateStatus
from backend.inspections.models.template import MAX_DOCUMENT_BYTES
from backend.inspections.rules.checklist import Template
from backend.inspections.selectors import policies
from backend.inspections.selectors.templates import GENERAL
from backend.inspections.services.authority import only_office
from backend.journal.writing import Change, write

MOST_FAULTS = 200
"""How many of a content's faults are told at once."""


def publish_catalogue(*, actor: Actor) -> list[ChecklistTemplate]:
    """Bring the shipped catalogue into the actor's county; what is there already stays as it is.

    Returns the templates published by this call. Raises `Forbidden`, and `Conflict(template_changed)` if a shipped
    version differs from the one published under the same number.
    """
    only_office(actor)
    with write(actor=actor) as change:
        rows = ChecklistTemplate.objects.select_for_update().filter(county_id=actor.county_id)
        known = {(row.code, row.version): row for row in rows.defer("content")}
        new = [shipped for shipped in catalogue.load_shipped() if not _is_known(known, shipped)]
        superseded = {shipped.template.code for shipped in new} & {code for code, _ in known}
        return [
            _publish_new(change, actor.county_id, shipped, retires=shipped.template.code in superseded)
            for shipped in new
        ]


def _is_known(known: Mapping[tuple[str, int], ChecklistTemplate], shipped: catalogue.Shipped) -> bool:
    template = shipped.template
    stored = known.get((template.code, template.version))
    if stored is not None and stored.content_hash != shipped.content_hash:
        raise Conflict("template_changed", f"清单“{template.name}”第{template.version}版已启用，内容不能更改。")
    return stored is not None


def _publish_new(change: Change, county_id: int, shipped: catalogue.Shipped, *, retires: bool) -> ChecklistTemplate:
    template = shipped.template
    row = ChecklistTemplate(
        county_id=county_id,
        code=template.code,
        version=template.version,
        name=template.name,
        content=shipped.document,
        content_hash=shipped.content_hash,
    )
    return _publish(change, row, retires=retires)


def draft(*, actor: Actor, code: str) -> ChecklistTemplate:
    """A new draft version, a copy of the newest one. Raises `NotFound`, `Conflict(draft_exists)`, `Forbidden`."""
    only_office(actor)
    with one_draft(), write(actor=actor) as change:
        rows = ChecklistTemplate.objects.select_for_update().filter(county_id=actor.county_id, code=code)
        newest = rows.order_by("-version").first()
        if newest is None:
            raise NotFound("template", code)
        if newest.status == TemplateStatus.DRAFT:
            raise Conflict("draft_exists", f"清单“{newest.name}”已有未启用的草稿。")
        template = msgspec.structs.replace(newest.parsed, version=newest.version + 1)
        return store_draft(change, ChecklistTemplate(county_id=actor.county_id), template)


def create(*, actor: Actor, content: Mapping[str, Any]) -> ChecklistTemplate:
    """The draft of a checklist with a code of its own. Raises `Forbidden`, `Conflict(code_taken)`, `Invalid`."""
    only_office(actor)
    with one_draft(), write(actor=actor) as change:
        template = checked(actor.county_id, {"version": 1, **content})
        rows = ChecklistTemplate.objects.select_for_update().filter(county_id=actor.county_id, code=template.code)
        if rows.exists():
            raise Conflict("code_taken", f"编码“{template.code}”已有清单，请另建新版本。")
        return store_draft(change, ChecklistTemplate(county_id=actor.county_id), template)


def edit(*, actor: Actor, template_id: uuid.UUID, content: Mapping[str, Any]) -> ChecklistTemplate:
    """Replace a draft's content; code and version stay. Raises `Conflict(published)` for anything but a draft, and
    `Invalid(bad_template)` with `faults`, one per field that has to be put right."""
    only_office(actor)
    with write(actor=actor) as change:
        row = _locked_draft(actor, template_id)
        template = checked(actor.county_id, {**content, "code": row.code, "version": row.version})
        return store_draft(change, row, template)


@contextmanager
def one_draft() -> Iterator[None]:
    """Two people who draft the same version at once: one of them is told."""
    try:
        yield
    except IntegrityError as fault:
        raise Conflict("draft_exists", "有人同时起草了这份清单，请刷新后再试。") from fault


def checked(county_id: int, content: Mapping[str, Any]) -> Template:
    """The template that `content` is, its policies filled in from the library. Raises `Invalid(bad_template)`."""
    try:
        return catalogue.from_document(policies.completed(county_id, content))
    except catalogue.CatalogueError as fault:
        faults = [one.as_json() for one in fault.faults[:MOST_FAULTS]]
        detail = f"清单内容有{len(fault.faults)}处错误，请按提示修改。"
        raise Invalid("bad_template", detail, path="content", msg=faults[0]["message"], faults=faults) from fault


def store_draft(change: Change, row: ChecklistTemplate, template: Template) -> ChecklistTemplate:
    """Write the template into a draft, new or locked. Raises `Invalid(too_large)`."""
    verb = "template.drafted" if row._state.adding else "template.edited"
    _fill(row, template)
    _check_size(row)
    row.save()
    change.log(verb, row, code=row.code, version=row.version, content_hash=row.content_hash)
    return row


def discard(*, actor: Actor, template_id: uuid.UUID) -> None:
    """Throw a draft away. Raises `NotFound`, `Conflict(published)` for anything but a draft."""
    only_office(actor)
    with write(actor=actor) as change:
        row = _locked_draft(actor, template_id)
        change.log("template.discarded", row, code=row.code, version=row.version, content_hash=row.content_hash)
        row.delete()


def retire(*, actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    """Take a published checklist out of use without a successor. Visits pinned to it keep it, and phones read it on.

    Raises `NotFound`, `Conflict`: `not_published`, and `general_page` for the page that every visit fills in.
    """
    only_office(actor)
    with write(actor=actor) as change:
        row = _locked(actor, template_id)
        if row.status != TemplateStatus.PUBLISHED:
            raise Conflict("not_published", "只有启用中的清单可以停用。")
        if row.code == GENERAL:
            raise Conflict("general_page", "通用页每次到访必填，不能停用，请启用新版本替换。")
        _retire(change, row)
    return row


def publish(*, actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    """Put a draft into force; the version before is retired and stays readable for visits pinned to it."""
    only_office(actor)
    with write(actor=actor) as change:
        return _publish(change, _locked_draft(actor, template_id))


def _locked(actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    rows = ChecklistTemplate.objects.select_for_update()
    row = rows.filter(pk=template_id, county_id=actor.county_id).first()
    if row is None:
        raise NotFound("template", template_id)
    return row


def _locked_draft(actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    row = _locked(actor, template_id)
    if row.status != TemplateStatus.DRAFT:
        raise Conflict("published", "已启用的清单不能更改，请另建新版本。")
    return row


def _fill(row: ChecklistTemplate, template: Template) -> None:
    if row.status != TemplateStatus.DRAFT:
        raise TypeError("the content of a published template is never changed")
    row.code, row.version = template.code, template.version
    row.name = template.name
    row.content = catalogue.to_document(template)
    row.content_hash = catalogue.content_hash(template)


def _publish(change: Change, row: ChecklistTemplate, *, retires: bool = True) -> ChecklistTemplate:
    """`retires`: whether a version before it may be in force."""
    _check_size(row)
    if retires:
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
        _retire(change, old)


def _retire(change: Change, old: ChecklistTemplate) -> None:
    old.status, old.retired_at = TemplateStatus.RETIRED, clock.now()
    old.save(update_fields=["status", "retired_at"])
    change.put(old)
    change.remove(FindingLibrary(old))
    change.log("template.retired", old, version=old.version)


def is_too_large(row: ChecklistTemplate) -> bool:
    """Whether phones could not take it (protocol, Documents)."""
    return len(codec.dumps(row.journal_document())) >= MAX_DOCUMENT_BYTES


def _check_size(row: ChecklistTemplate) -> None:
    if is_too_large(row):
        raise Invalid("too_large", "清单内容超过 64 KB，请拆分。", path="content", msg="清单内容超过 64 KB。")

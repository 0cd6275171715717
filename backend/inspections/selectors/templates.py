"""Reading checklist templates: lists, newest versions, and those a visit is pinned to."""

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound
from backend.core.lookup import find
from backend.inspections.models import ChecklistTemplate, TemplateStatus, Visit
from backend.inspections.rules.applicability import items_for
from backend.inspections.rules.checklist import Item, Result, TargetType, Template
from backend.registry.models import InstitutionClass, Target

LIGHT = ("id", "code", "version", "content_hash")
"""Enough of a template to know which it is; its content is read where nobody has parsed it before."""

GENERAL = "TY"
"""The page that every visit fills in."""


def scoped(actor: Actor) -> QuerySet[ChecklistTemplate]:
    """The templates of the actor's county."""
    return ChecklistTemplate.objects.filter(county_id=actor.county_id)


def get(actor: Actor, template_id: uuid.UUID) -> ChecklistTemplate:
    """One version. Raises `NotFound`, also for another county's."""
    found = scoped(actor).filter(pk=template_id).first()
    if found is None:
        raise NotFound("template", template_id)
    return found


def compared(
    actor: Actor, template_id: uuid.UUID, against: uuid.UUID | None = None
) -> tuple[ChecklistTemplate, ChecklistTemplate | None]:
    """A version, and the one to compare it with: the one before it, None for the first. Raises `NotFound`."""
    of = get(actor, template_id)
    if against is not None:
        return of, get(actor, against)
    return of, scoped(actor).filter(code=of.code, version__lt=of.version).order_by("-version").first()


def asked_for(
    actor: Actor, target_id: uuid.UUID | None, kind: str | None, grades: list[int] | None
) -> tuple[TargetType, list[int] | None]:
    """Type and grades of a target of the county, or those given. Raises `NotFound`."""
    if target_id is None:
        return TargetType(kind or ""), grades
    target = Target.objects.filter(pk=target_id, county_id=actor.county_id).first()
    if target is None:
        raise NotFound("target", target_id)
    return target_type(target), grades_of(target)


def newest(county_id: int, codes: Iterable[str]) -> list[ChecklistTemplate]:
    """The published version of each code, in the order given. Raises `Invalid` naming codes without one."""
    wanted = list(dict.fromkeys(codes))
    rows = ChecklistTemplate.objects.filter(county_id=county_id, code__in=wanted, status=TemplateStatus.PUBLISHED)
    found = {row.code: row for row in rows.order_by("version")}
    if missing := [code for code in wanted if code not in found]:
        detail = f"没有已启用的清单：{'、'.join(missing)}。"
        raise Invalid("unknown_template", detail, path="templates", msg=detail)
    return [found[code] for code in wanted]


def default_codes(county_id: int, target: Target) -> list[str]:
    """The codes a visit fills in when nobody chose: the general page and every checklist for this type of target."""
    rows = ChecklistTemplate.objects.filter(county_id=county_id, status=TemplateStatus.PUBLISHED).order_by("code")
    kind = target_type(target)
    fitting = [row.code for row in rows if row.parsed.result is Result.FINDINGS and items_for(row.parsed, kind)]
    return sorted(fitting, key=lambda code: (code != GENERAL, code))


def pinned(visit: Visit) -> list[Template]:
    """The template versions the visit is pinned to, in its order."""
    return parsed(visit.county_id, visit.templates)


def parsed(county_id: int, versions: Sequence[Sequence[object]]) -> list[Template]:
    """The templates of `[[code, version], …]` in that order."""
    codes = [str(code) for code, _ in versions]
    found = find(ChecklistTemplate, only=LIGHT, county_id=county_id, code=codes)
    rows = {(row.code, row.version): row for row in found}
    return [rows[str(code), int(str(version))].parsed for code, version in versions]


def versions(county_id: int, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Template]:
    """The templates of many visits at once, in two queries at most."""
    known = set(wanted)
    rows = ChecklistTemplate.objects.filter(county_id=county_id, code__in={code for code, _ in known}).only(*LIGHT)
    found = {(row.code, row.version): row for row in rows if (row.code, row.version) in known}
    unread = [row.pk for row in found.values() if not row.is_parsed]
    whole = ChecklistTemplate.objects.in_bulk(unread) if unread else {}
    return {version: whole.get(row.pk, row).parsed for version, row in found.items()}


def items_by_code(templates: Iterable[Template], kind: TargetType) -> dict[str, tuple[Template, Item]]:
    """The items that apply to this type of target, with their template."""
    return {item.code: (template, item) for template in templates for item in items_for(template, kind)}


def target_type(target: Target) -> TargetType:
    """The checklist's word for the target; an unlicensed site is checked as a suspected one."""
    if target.type_code == InstitutionClass.UNLICENSED:
        return TargetType.SUSPECTED
    return TargetType(target.type_code)


def grades_of(target: Target) -> list[int] | None:
    """The target's grades; None where it has none of its own."""
    return target.grades or None

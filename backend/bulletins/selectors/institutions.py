"""Figures of training institutions: checked by class, and supervised accounts below their minimum."""

import uuid
from collections import defaultdict

from django.db.models import F

from backend.bulletins.rules.figures import Figures, counted, measured
from backend.bulletins.selectors.window import Window, findings, visits
from backend.registry.models import InstitutionClass, Target, TargetKind


def figures(window: Window) -> Figures:
    """Institutions visited in the window by class, with their findings; accounts as the registry has them now."""
    rows = list(
        visits(window).filter(target__kind=TargetKind.INSTITUTION).values_list("target_id", "target__institution_class")
    )
    sites = visits(window).filter(target__kind=TargetKind.SUSPECTED_SITE).values_list("target_id", flat=True)
    found = list(
        findings(window).filter(target__kind=TargetKind.INSTITUTION).values_list("pk", "target__institution_class")
    )
    out = {
        "institutions": counted("target", (row[0] for row in rows)),
        "suspected_sites": counted("target", sites),
    }
    for kind in InstitutionClass.values:
        out[f"institutions.class.{kind}"] = counted("target", (row[0] for row in rows if row[1] == kind))
        out[f"institutions.findings.{kind}"] = counted("finding", (row[0] for row in found if row[1] == kind))
    return out | _accounts(window) | _registry(window) | _disposals(window)


def disposals(county_id: int) -> list[dict[str, str]]:
    """What the registry says became of institutions: `{class, status, key}`, by class and wording."""
    rows = Target.objects.filter(county_id=county_id, kind=TargetKind.INSTITUTION).exclude(status="")
    pairs = sorted(set(rows.values_list("institution_class", "status")))
    return [{"class": kind, "status": status, "key": _disposal(kind, status)} for kind, status in pairs]


def _disposal(kind: str, status: str) -> str:
    return f"institutions.disposal.{kind or 'other'}.{status}"


def _disposals(window: Window) -> Figures:
    """Institutions by class and disposal (正常、已压减、已营改非、已关停 …), as registered now, closed ones too."""
    rows = Target.objects.filter(county_id=window.county_id, kind=TargetKind.INSTITUTION).exclude(status="")
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for pk, kind, status in rows.values_list("pk", "institution_class", "status"):
        found[_disposal(kind, status)].append(pk)
    return {key: counted("target", ids) for key, ids in found.items()}


def _registry(window: Window) -> Figures:
    """What the county has to look after, as registered now."""
    rows = Target.objects.filter(county_id=window.county_id, is_active=True)
    out = {"registry.schools": counted("target", rows.filter(kind=TargetKind.SCHOOL).values_list("pk", flat=True))}
    for kind in (InstitutionClass.SUBJECT, InstitutionClass.NON_SUBJECT):
        own = rows.filter(kind=TargetKind.INSTITUTION, institution_class=kind)
        out[f"registry.institutions.{kind}"] = counted("target", own.values_list("pk", flat=True))
    return out


def _accounts(window: Window) -> Figures:
    """Accounts whose balance is below the minimum, of those where both are known; no data when none is known."""
    rows = Target.objects.filter(county_id=window.county_id, kind=TargetKind.INSTITUTION, is_active=True)
    known = rows.filter(escrow_balance__isnull=False, minimum_balance__isnull=False)
    low = list(known.filter(escrow_balance__lt=F("minimum_balance")).values_list("pk", "institution_class"))
    ids = list(known.values_list("pk", "institution_class"))
    out = {
        "accounts.known": counted("target", (row[0] for row in ids)),
        "accounts.low": measured("target", (row[0] for row in low), len(low) if ids else None),
    }
    for kind in InstitutionClass.values:
        own, all_ = [row[0] for row in low if row[1] == kind], [row for row in ids if row[1] == kind]
        out[f"accounts.low.{kind}"] = measured("target", own, len(own) if all_ else None)
    return out

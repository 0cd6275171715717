"""System maintenance may look at inspections; every change is a service (architecture, rule 4)."""

from django.contrib import admin

from backend.accounts.admin import ReadOnlyAdmin
from backend.inspections.models import Assignment, ChecklistTemplate, Evidence, Finding, InspectionPlan, Visit


@admin.register(ChecklistTemplate)
class ChecklistTemplateAdmin(ReadOnlyAdmin):
    list_display = ("code", "version", "name", "status", "county_id")
    list_filter = ("status",)


@admin.register(InspectionPlan)
class InspectionPlanAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "month", "state", "county_id")
    list_filter = ("kind", "state")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("target", "team", "scheduled_on", "state", "county_id")
    list_filter = ("state", "track")


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ("target", "plan_month", "state", "round", "score", "county_id")
    list_filter = ("state", "track")


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("target", "item_code", "severity", "state", "county_id")
    list_filter = ("state", "severity")


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("kind", "size", "state", "added_at", "county_id")
    list_filter = ("state", "kind")

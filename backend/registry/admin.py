"""System maintenance may look at the registry."""

from django.contrib import admin

from backend.accounts.admin import ReadOnlyAdmin
from backend.registry.models import (
    AreaStation,
    CalendarYear,
    Department,
    Headship,
    Membership,
    SchoolDistrict,
    Target,
    TargetContact,
    Team,
)


@admin.register(AreaStation, Department)
class PlaceAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "county_id", "closed_at")
    search_fields = ("code", "name")


@admin.register(SchoolDistrict)
class SchoolDistrictAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "station", "county_id", "closed_at")
    search_fields = ("code", "name")


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "track", "department", "station", "county_id")
    list_filter = ("track",)
    search_fields = ("code", "name")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "team", "is_leader", "card_number", "starts_at", "ends_at")
    search_fields = ("user__username", "team__name")


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind", "district", "team", "is_active", "county_id")
    list_filter = ("kind", "stage", "institution_class", "is_active")
    search_fields = ("code", "name")


@admin.register(TargetContact)
class TargetContactAdmin(ReadOnlyAdmin):
    list_display = ("user", "target", "post", "starts_at", "ends_at")
    search_fields = ("user__username", "target__name")


@admin.register(CalendarYear)
class CalendarYearAdmin(ReadOnlyAdmin):
    list_display = ("year", "added_at")


@admin.register(Headship)
class HeadshipAdmin(ReadOnlyAdmin):
    list_display = ("user", "department", "starts_at", "ends_at")
    search_fields = ("user__username", "department__name")

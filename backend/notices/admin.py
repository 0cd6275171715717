"""System maintenance may look; changes go through services."""

from django.contrib import admin

from backend.accounts.admin import ReadOnlyAdmin
from backend.notices.models import InboxEntry, NoticeFinding, NumberSeries, RectificationNotice, RectificationReport


@admin.register(RectificationNotice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("number", "target", "state", "issued_at", "due_on", "closed_at")
    list_filter = ("state", "number_year")
    search_fields = ("number", "target__name")


@admin.register(NoticeFinding)
class NoticeFindingAdmin(ReadOnlyAdmin):
    list_display = ("notice", "number", "item_code", "severity", "due_on")
    list_filter = ("severity",)


@admin.register(RectificationReport)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("notice", "round", "author_name", "received_at")


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    list_display = ("county_id", "kind", "year", "last")


@admin.register(InboxEntry)
class InboxAdmin(ReadOnlyAdmin):
    list_display = ("user_id", "seq", "kind", "title", "at", "read_at")
    list_filter = ("kind",)

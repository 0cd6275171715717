"""System maintenance may look at bulletins."""

from django.contrib import admin

from backend.accounts.admin import ReadOnlyAdmin
from backend.bulletins.models import Bulletin, BulletinNumber


@admin.register(Bulletin)
class BulletinAdmin(ReadOnlyAdmin):
    list_display = ("title", "state", "issue_number", "total_issue_number", "signed_by", "published_at", "county_id")
    list_filter = ("state",)


@admin.register(BulletinNumber)
class BulletinNumberAdmin(ReadOnlyAdmin):
    list_display = ("county_id", "year", "last")

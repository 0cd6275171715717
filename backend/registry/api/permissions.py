"""The field reads the registry, the office keeps it."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from backend.accounts.permissions import FieldOnly, OfficeOnly


class OfficeWrites(FieldOnly):
    """Reading for people of the field, changing for the office; nothing for accounts of inspected units."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        return OfficeOnly().has_permission(request, view)

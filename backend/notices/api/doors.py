"""Addresses at which somebody acts on a notice: who is turned away at the door stays on record too."""

import uuid
from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.core.errors import Forbidden
from backend.notices.services import refusals


class StepView(APIView):
    """An address that changes a notice or one of its papers. The services record what they refuse; what the role of the
    caller forbids never reaches them."""

    def check_permissions(self, request: Request) -> None:
        try:
            super().check_permissions(request)
        except (Forbidden, PermissionDenied):
            if request.method not in SAFE_METHODS:
                refusals.turned_away(actor=actor_of(request), action=self.tried(request), named=self.about(request))
            raise

    def tried(self, request: Request) -> str:
        """What was tried: the last word of the address, or the method."""
        word = request.path.rstrip("/").rpartition("/")[2]
        return word if word.isidentifier() else str(request.method).lower()

    def about(self, request: Request) -> dict[str, Any]:
        """What it was tried on, by the names of `refusals.KINDS`."""
        return dict(self.kwargs)


class DraftingView(StepView):
    """An address at which a notice is drafted: the attempt is about the visit that the request names."""

    def tried(self, request: Request) -> str:
        return "draft"

    def about(self, request: Request) -> dict[str, Any]:
        sent: Any = request.data
        try:
            return {"visit_id": uuid.UUID(str(sent["visit"]))}
        except (KeyError, TypeError, ValueError):
            return {}

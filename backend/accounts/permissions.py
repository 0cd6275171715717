"""Permissions by role."""

from backend.accounts.roles import PHONE_ROLES, UNIT_ROLES, Role
from backend.core.permissions import MayDeposit, SignedIn, WithRole, actor_of

__all__ = ["FieldOnly", "MayDeposit", "OfficeOnly", "PhoneOnly", "SignedIn", "UnitOnly", "WithRole", "actor_of"]


class OfficeOnly(WithRole):
    roles = frozenset({Role.OFFICE})


class PhoneOnly(WithRole):
    roles = frozenset(PHONE_ROLES)


class FieldOnly(WithRole):
    """People who carry out or oversee visits; nobody of an inspected unit."""

    roles = frozenset(PHONE_ROLES | {Role.OFFICE, Role.LEADERSHIP, Role.DEPARTMENT_HEAD})


class UnitOnly(WithRole):
    """Accounts of inspected units."""

    roles = frozenset(UNIT_ROLES)

"""Who may sync."""

from backend.accounts.roles import PHONE_ROLES, Role
from backend.sync.registry import registry

registry.allow(*PHONE_ROLES, Role.OFFICE, Role.DEPARTMENT_HEAD, Role.LEADERSHIP)

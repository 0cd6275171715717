"""Who may call the endpoints about plans and progress."""

from backend.accounts.permissions import WithRole
from backend.accounts.roles import Role


class Overseers(WithRole):
    """Those who may see the whole county's plans and progress."""

    roles = frozenset({Role.OFFICE, Role.LEADERSHIP})


class Leaders(WithRole):
    """Those who may see the progress of some team, the selectors say of which."""

    roles = Overseers.roles | {Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD}

"""Tables of accounts."""

from backend.accounts.models.county import County
from backend.accounts.models.device import Device, DeviceSession
from backend.accounts.models.second_step import SecondStep
from backend.accounts.models.user import RoleAssignment, StartCode, User

__all__ = ["County", "Device", "DeviceSession", "RoleAssignment", "SecondStep", "StartCode", "User"]

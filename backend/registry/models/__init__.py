"""Tables of the registry: how a county is organised, and what is inspected in it."""

from backend.registry.models.organisation import AreaStation, Department, Place, SchoolDistrict
from backend.registry.models.target import InstitutionClass, Stage, Target, TargetContact, TargetKind
from backend.registry.models.team import Membership, Team, Track

__all__ = [
    "AreaStation",
    "Department",
    "InstitutionClass",
    "Membership",
    "Place",
    "SchoolDistrict",
    "Stage",
    "Target",
    "TargetContact",
    "TargetKind",
    "Team",
    "Track",
]

"""Tables of the registry: how a county is organised, and what is inspected in it."""

from backend.registry.models.calendar import CalendarYear
from backend.registry.models.certificate import Certificate, CertificateKind
from backend.registry.models.conflict import ConflictOfInterest, ConflictState, Declarer, RecusalKind
from backend.registry.models.headship import Headship
from backend.registry.models.organisation import AreaStation, Department, Place, SchoolDistrict
from backend.registry.models.responsibility import BEGINNING, TeamInCharge
from backend.registry.models.target import InstitutionClass, Stage, Target, TargetContact, TargetKind
from backend.registry.models.team import Membership, Team, Track

__all__ = [
    "BEGINNING",
    "AreaStation",
    "CalendarYear",
    "Certificate",
    "CertificateKind",
    "ConflictOfInterest",
    "ConflictState",
    "Declarer",
    "Department",
    "Headship",
    "InstitutionClass",
    "Membership",
    "Place",
    "RecusalKind",
    "SchoolDistrict",
    "Stage",
    "Target",
    "TargetContact",
    "TargetKind",
    "Team",
    "TeamInCharge",
    "Track",
]

"""Tables of inspections: checklists, assignments, visits, answers, findings, evidence."""

from backend.inspections.models.addendum import VisitAddendum
from backend.inspections.models.advance_notice import AdvanceNotice
from backend.inspections.models.announcement import Announcement
from backend.inspections.models.answer import Answer, AnswerRevision, RevisionFate
from backend.inspections.models.assignment import Assignment, CrewMember, Recusal, VisitKind, VisitMode
from backend.inspections.models.copy import CopyProcess, EvidenceCopy
from backend.inspections.models.draw import Draw, DrawLibrary, DrawnTarget, DrawOutcome, DrawSeal
from backend.inspections.models.draw_lifecycle import DrawState
from backend.inspections.models.evidence import Evidence, EvidenceKindName, EvidenceState
from backend.inspections.models.finding import (
    Finding,
    FindingTransition,
    Publication,
    Responsibility,
    SeverityLevel,
)
from backend.inspections.models.integrity import EvidenceFlag, FlagKind
from backend.inspections.models.lifecycle import AssignmentState, FindingState, VisitState
from backend.inspections.models.plan import (
    ExceptionCause,
    InspectionPlan,
    PlanKind,
    PlanTarget,
    PlanTransition,
    ScopeException,
)
from backend.inspections.models.plan_lifecycle import PlanState
from backend.inspections.models.standard_finding import StandardFinding
from backend.inspections.models.template import ChecklistTemplate, FindingLibrary, TemplateStatus
from backend.inspections.models.veto import HearingWay, VetoHearing, VetoOpinion, VetoView
from backend.inspections.models.visit import Visit, VisitAlias, VisitRound, VisitTransition

__all__ = [
    "AdvanceNotice",
    "Announcement",
    "Answer",
    "AnswerRevision",
    "Assignment",
    "AssignmentState",
    "ChecklistTemplate",
    "CopyProcess",
    "CrewMember",
    "Draw",
    "DrawLibrary",
    "DrawOutcome",
    "DrawSeal",
    "DrawState",
    "DrawnTarget",
    "Evidence",
    "EvidenceCopy",
    "EvidenceFlag",
    "EvidenceKindName",
    "EvidenceState",
    "ExceptionCause",
    "Finding",
    "FindingLibrary",
    "FindingState",
    "FindingTransition",
    "FlagKind",
    "HearingWay",
    "InspectionPlan",
    "PlanKind",
    "PlanState",
    "PlanTarget",
    "PlanTransition",
    "Publication",
    "Recusal",
    "Responsibility",
    "RevisionFate",
    "ScopeException",
    "SeverityLevel",
    "StandardFinding",
    "TemplateStatus",
    "VetoHearing",
    "VetoOpinion",
    "VetoView",
    "Visit",
    "VisitAddendum",
    "VisitAlias",
    "VisitKind",
    "VisitMode",
    "VisitRound",
    "VisitState",
    "VisitTransition",
]

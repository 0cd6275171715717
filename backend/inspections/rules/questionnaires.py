"""Anonymous questionnaires: shares instead of findings (catalogue, header: ``result: aggregate``)."""

from collections.abc import Iterable
from typing import NamedTuple

from backend.inspections.rules.verdicts import Verdict

TIP_THRESHOLD_PERCENT = 20
"""A share of violation reports above this makes a tip to be verified (product default)."""


class ViolationShare(NamedTuple):
    """How many respondents were judged (``judged``) and how many of them reported a violation (``reported``)."""

    judged: int
    reported: int

    @property
    def percent(self) -> float:
        """Share of violation reports, 0–100; 0 where nobody was judged."""
        return 100 * self.reported / self.judged if self.judged else 0.0

    def needs_verifying(self, threshold_percent: float = TIP_THRESHOLD_PERCENT) -> bool:
        """Whether the share is above (not at) the threshold."""
        return 100 * self.reported > threshold_percent * self.judged


def violation_share(verdicts: Iterable[Verdict]) -> ViolationShare:
    """Count the verdicts of one item over all respondents; ``recorded`` and ``not_applicable`` are no judgement."""
    judged = [one for one in verdicts if one in (Verdict.PASS, Verdict.FAIL)]
    return ViolationShare(len(judged), judged.count(Verdict.FAIL))

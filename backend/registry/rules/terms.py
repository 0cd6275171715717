"""Dated terms: begun at one instant, ended at another or not yet."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """From `starts_at` (included) until `ends_at` (excluded; None: open)."""

    starts_at: dt.datetime
    ends_at: dt.datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it ends before or when it begins."""
        return self.ends_at is not None and self.ends_at <= self.starts_at

    def overlaps(self, other: "Term") -> bool:
        """Whether some instant lies in both; none lies in an empty one."""
        if self.is_empty or other.is_empty:
            return False
        begins_in_time = other.ends_at is None or self.starts_at < other.ends_at
        return begins_in_time and (self.ends_at is None or other.starts_at < self.ends_at)

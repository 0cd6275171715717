"""What is wrong with a table that somebody wants to import."""

from dataclasses import dataclass, field

MAX_FAULTS = 1_000
"""More are not listed: who sees a thousand has saved the wrong file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in Chinese. `row` counts as spreadsheets do (the header is 1); `column` "" means the whole row."""

    row: int
    column: str
    reason: str


@dataclass
class Faults:
    """Collects at most MAX_FAULTS, and says so when there were more."""

    found: list[Fault] = field(default_factory=list)

    def add(self, row: int, column: str, reason: str) -> None:
        if len(self.found) < MAX_FAULTS:
            self.found.append(Fault(row, column, reason))
        elif len(self.found) == MAX_FAULTS:
            self.found.append(Fault(row, "", "错误过多，其余不再列出。"))

    @property
    def in_order(self) -> list[Fault]:
        return sorted(self.found, key=lambda fault: fault.row)

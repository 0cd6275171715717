"""The inspection office, over REST as api_schema.yaml says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.foreign.client import Account
from tests.foreign.store import Document

CHINA = timezone(timedelta(hours=8))


def today() -> str:
    """The date in China, on which assignments and reports are dated."""
    return datetime.now(CHINA).date().isoformat()


@dataclass
class Office(Account):
    """A person of the office: plans, releases, approves, serves notices."""

    people: dict[str, int] = field(default_factory=dict)
    schools: list[Document] = field(default_factory=list)
    teams: dict[str, Document] = field(default_factory=dict)

    def learn(self) -> None:
        """Bring the catalogue in, and learn who and what there is."""
        self.call("POST", "/templates/catalogue")
        self.people = {row["username"]: row["id"] for row in self.listing("/users")}
        self.schools = self.listing("/registry/targets", kind="school", stage="primary", active="true")
        self.teams = {row["code"]: row for row in self.listing("/registry/teams")}

    def listing(self, path: str, **params: Any) -> list[Document]:
        """All pages of a listing."""
        rows: list[Document] = []
        after = None
        while True:
            page = self.call("GET", path, limit=100, **params, **({"after": after} if after else {}))
            rows += page["items"]
            after = page["next"]
            if not after:
                return rows

    def assign(self, team: str, crew: list[str], target: str, **more: Any) -> Document:
        """Plan and release one assignment, already revealed; the first of the crew leads."""
        numbers = [self.people[name] for name in crew]
        now = datetime.now(UTC)
        item = {
            "target": target,
            "team": self.teams[team]["id"],
            "leader": numbers[0],
            "crew": numbers,
            "scheduled_on": today(),
            "reveal_at": (now - timedelta(minutes=1)).isoformat(),
            **more,
        }
        [planned] = self.call("POST", "/assignments", {"items": [item]})["items"]
        [released] = self.call("POST", "/assignments/release", {"ids": [planned["id"]]})["items"]
        return dict(released)

    def sign(self, notice: str) -> Document:
        """Issue a notice; leadership lets this person sign first."""
        leadership = Account(self.base, "lead1")
        leadership.sign_in()
        leadership.call("PUT", f"/notice-signers/{self.user['id']}", {"allowed": True})
        leadership.close()
        return dict(self.call("POST", f"/notices/{notice}/issue"))

"""Two inspectors with their phones, and what is done on every visit."""

from dataclasses import dataclass
from typing import Any

from tests.foreign.client import Phone, uuid7
from tests.foreign.content import content_hash
from tests.foreign.store import Document

NO_FILE = {"sha256": "a" * 64, "size": 100}


@dataclass
class Crew:
    """A leader, a member and the assignment that they share."""

    leader: Phone
    member: Phone
    assignment: str
    school: Document

    def depart(self) -> None:
        """The leader accepts and departs: from here on the member knows, too."""
        self.leader.do("assignment", "accept", self.assignment)
        self.leader.do("assignment", "depart", self.assignment)
        applied(self.leader)
        self.leader.pull()
        self.member.pull()

    def start(self, phone: Phone) -> str:
        """Begin the visit on a phone; its id there."""
        visit = uuid7()
        revision = phone.store.document("assignment", self.assignment)["rev"]
        phone.do("visit", "start", visit, assignment=self.assignment, rev=revision)
        return visit

    def arrive(self, phone: Phone, visit: str) -> None:
        phone.do("visit", "check_in", visit, location=self.school["location"] | {"accuracy": 12.5})

    def inspect(self, phone: Phone, visit: str) -> None:
        """Everything that the general page asks before a visit can be submitted."""
        self.arrive(phone, visit)
        gate = photo(phone, visit, "TY-05")
        signatures = [photo(phone, visit, "TY-09", kind="signature") for _ in range(2)]
        answer(
            phone, visit, **{"TY-01": "yes", "TY-02": 1, "TY-03": "yes", "TY-04": "no", "TY-05": [gate], "TY-08": "no"}
        )
        phone.do("visit", "feedback", visit, text="到场人数不足，已当场说明。")
        phone.do("visit", "sign", visit, inspectors=signatures, refused="负责人外出")

    def begun(self) -> str:
        """A visit that the leader began and inspected, known to both phones."""
        visit = self.start(self.leader)
        self.inspect(self.leader, visit)
        applied(self.leader)
        self.leader.pull()
        self.member.pull()
        return visit


def answer(phone: Phone, visit: str, /, **values: Any) -> Document:
    """One answer.set with the bases that this phone knows."""
    known = phone.store.rows.get(("visit", visit), ("", {}))[1].get("answers", {})
    answers = {key: {"value": value, "base": known.get(key, {}).get("rev", 0)} for key, value in values.items()}
    return phone.do("answer", "set", visit, answers=answers)


def photo(phone: Phone, visit: str, key: str, /, **more: Any) -> str:
    """The fact of a file that is still on the phone; its id."""
    evidence = uuid7()
    phone.do(
        "evidence", "add", evidence, **{"visit": visit, "filetype": "image/jpeg", "answer_key": key, **NO_FILE, **more}
    )
    return evidence


def submit(phone: Phone, visit: str) -> Document:
    """Submit with the hash of what this phone holds and the last number it used."""
    return phone.do("visit", "submit", visit, hash=content_hash(phone.store, visit), upto=phone.n)


def one(phone: Phone, op: Document) -> Document:
    """Push the outbox; what was answered to this operation."""
    return phone.push()[op["op"]]


def applied(phone: Phone) -> None:
    """Push the outbox; everything in it must be applied."""
    told = phone.push()
    assert [result for result in told.values() if result["status"] != "applied"] == []


def said(result: Document) -> tuple[str, str | None]:
    return result["status"], result.get("code")


def same_but_ids(result: Document) -> Document:
    """An answer without the ids that the question brought in."""
    waits = result.get("waits")
    return {key: value for key, value in result.items() if key not in ("op", "waits")} | (
        {"waits": waits["kind"]} if waits else {}
    )


def converged(phone: Phone) -> bool:
    """Whether the phone's own sums are those of the server, scope by scope, and nothing had to be sent anew."""
    phone.store.reset.clear()
    phone.pull()
    return phone.store.reset == [] and phone.store.sums() == phone.store.server_sums

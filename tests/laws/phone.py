"""A phone under law: outbox, frozen operations, base rows, overlay, bytes (protocol, Phone duties)."""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from backend.core import codec
from backend.core.ids import uuid7
from tests.fixtures.people import Client
from tests.foreign.content import evidence_content, hash_of
from tests.media.pictures import FRAME

Row = tuple[str, dict[str, Any]]
Page = dict[str, Any]

KEPT = ', "client": {"build":  "7.10", "note": "\\u7763 督", "skew": 1.50} }'
"""What ends every operation: spaces, escapes and figures that nothing but a verbatim copy brings back."""


@dataclass
class Sent:
    """An operation the phone made, frozen as bytes. It leaves the queue with any status, and the overlay with the
    first complete pull that began after that."""

    op: str
    n: int
    name: str
    id: str
    data: Any
    status: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    shown: bool = True

    @property
    def raw(self) -> bytes:
        kind, verb = self.name.split(".")
        body = {"op": self.op, "n": self.n, "kind": kind, "verb": verb, "id": self.id, "schema": 1, "data": self.data}
        return (json.dumps(body, ensure_ascii=False)[:-1] + KEPT).encode()

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """What it says to questions."""
        return (
            dict(self.data["answers"]) if self.name == "answer.set" and isinstance(self.data["answers"], dict) else {}
        )

    @property
    def visit(self) -> str:
        """The visit it speaks of."""
        return str(self.data["visit"]) if self.name == "evidence.add" else self.id


@dataclass
class LawPhone:
    """`base`: (kind, id) -> (scope, document); `made`: every operation ever made, oldest first; `flight`: a page that
    the server has sent and that is still on its way; `heads`: scopes that were up to date with the last page."""

    client: Client
    base: dict[tuple[str, str], Row] = field(default_factory=dict)
    made: list[Sent] = field(default_factory=list)
    cursor: str | None = None
    epoch: str | None = None
    heads: set[str] = field(default_factory=set)
    flight: Page | None = None
    leaving: list[Sent] | None = None
    resets: int = 0

    # Making

    def make(self, name: str, object_id: str, data: Any) -> Sent:
        self.made.append(Sent(str(uuid7()), len(self.made) + 1, name, object_id, data))
        return self.made[-1]

    def photograph(self, visit: str) -> Sent:
        """A photo whose bytes stay on the phone until they are verified."""
        photo = str(uuid7())
        content = bytes_of(photo)
        data = {"visit": visit, "size": len(content), "sha256": sha256(content), "filetype": "image/jpeg"}
        return self.make("evidence.add", photo, data)

    def waiting(self) -> list[Sent]:
        return [each for each in self.made if each.status is None]

    def heard(self, results: list[dict[str, Any]]) -> None:
        """The answer of a push. A status means custody: the operation leaves the queue."""
        by_id = {each.op: each for each in self.made}
        for result in results:
            by_id[result["op"]].status, by_id[result["op"]].result = result["status"], result

    # Pulling

    def pull(self, limit: int, *, twice: bool) -> None:
        """To a consistent point."""
        for _ in range(200):
            self.ask(limit)
            if not self.arrive(twice=twice)["more"]:
                return
        raise AssertionError("I5: a pull never came to a consistent point")

    def ask(self, limit: int) -> None:
        """The server answers; the page is now on its way."""
        if self.leaving is None:
            self.leaving = [each for each in self.made if each.status is not None]
        sums = {scope: self.sum_of(scope) for scope in self.heads}
        answer = self.post("pull", {"cursor": self.cursor, "limit": limit, "csum": sums})
        if answer.status_code == 409:
            problem = answer.json()
            assert problem["code"] == "epoch", problem
            self.base, self.heads, self.cursor, self.leaving = {}, set(), None, None
            self.enter(problem["epoch"])
            return self.ask(limit)
        assert answer.status_code == 200, answer.content
        self.flight = dict(codec.loads(answer.content))
        return None

    def arrive(self, *, twice: bool = False) -> Page:
        assert self.flight is not None
        page, self.flight = self.flight, None
        self.enter(page["epoch"])
        self.apply(page)
        if twice:
            before = copy.deepcopy((self.base, self.sums()))
            self.apply(page)
            assert before == (self.base, self.sums()), "I14: the second time changed something"
        self.resets += len(page["reset"])
        if not page["more"]:
            self.complete()
        return page

    def complete(self) -> None:
        for each in self.leaving or []:
            each.shown = False
        self.leaving = None

    def apply(self, page: Page) -> None:
        for scope in [*page["drop"], *page["reset"]]:
            self.forget(scope)
        for scope, kind, object_id, document in page["rows"]:
            if document is not None:
                self.put(scope, kind, object_id, copy.deepcopy(document))
            else:
                self.remove(scope, kind, object_id)
        self.cursor, self.heads = page["cursor"], set(page["csum"])

    def forget(self, scope: str) -> None:
        self.base = {key: row for key, row in self.base.items() if row[0] != scope}

    def put(self, scope: str, kind: str, object_id: str, document: dict[str, Any]) -> None:
        self.base[kind, object_id] = (scope, document)

    def remove(self, scope: str, kind: str, object_id: str) -> None:
        """A removal counts only if the row is held under that scope: arrival order does not matter (protocol, Pull)."""
        if self.base.get((kind, object_id), ("", {}))[0] == scope:
            del self.base[kind, object_id]

    def sum_of(self, scope: str) -> str:
        """The checksum as the protocol defines it, from what the phone holds."""
        total = 0
        for (kind, object_id), (held, document) in self.base.items():
            if held == scope:
                digest = hashlib.sha256(f"{kind}/{object_id}/{document['rev']}".encode()).digest()
                total += int.from_bytes(digest[:8], "big")
        return f"{total % 2**64:016x}"

    def sums(self) -> dict[str, str]:
        return {scope: self.sum_of(scope) for scope in sorted(self.heads)}

    # A restored server

    def enter(self, epoch: str) -> None:
        """Another epoch: offer what was ever acknowledged, and take back into the queue what the server lacks. A page
        that set out before that takes nothing off the screen: what it knows of was decided in a life that is lost."""
        if self.epoch not in (None, epoch):
            self.leaving = None
            kept = {each.op: each for each in self.made if each.status is not None}
            for op in self.offer(list(kept)):
                kept[op].status, kept[op].result, kept[op].shown = None, {}, True
        self.epoch = epoch

    def offer(self, ids: list[str]) -> list[str]:
        answer = self.post("offer", {"ids": ids})
        assert answer.status_code == 200, answer.content
        return list(answer.json()["lack"])

    # Showing

    def view(self, visit: str, key: str) -> Any:
        """What the screen shows: base rows with the phone's own work on top."""
        value = self.answer(visit, key).get("value")
        for each in self.made:
            if each.shown and each.id == visit and key in each.answers:
                value = each.answers[key]["value"]
        return value

    def answer(self, visit: str, key: str) -> dict[str, Any]:
        return dict(self.document("visit", visit).get("answers", {}).get(key, {}))

    def document(self, kind: str, object_id: str) -> dict[str, Any]:
        return self.base.get((kind, object_id), ("", {}))[1]

    def content_hash(self, visit: str) -> str:
        """Of the visit as the screen shows it (protocol, Operations: visit.submit)."""
        held = self.document("visit", visit)
        own = [each for each in self.made if each.shown and each.visit == visit]
        answers = {key: {"value": one["value"], "note": one["note"]} for key, one in held["answers"].items()}
        photos = {key[1]: row[1] for key, row in self.base.items() if key[0] == "evidence" and row[1]["visit"] == visit}
        for each in own:
            answers |= {key: {"value": one["value"], "note": ""} for key, one in each.answers.items()}
            if each.name == "evidence.add":
                photos[each.id] = {"kind": "photo", "answer_key": "", "finding": None, **each.data}
        return hash_of(
            {
                "visit": visit,
                "round": held["round"],
                "templates": sorted(held["templates"]),
                "answers": answers,
                "findings": [],
                "evidence": [evidence_content(key, photos[key]) for key in sorted(photos)],
            }
        )

    def post(self, path: str, data: Any) -> Any:
        return self.client.post_json(f"/api/v1/sync/{path}", data, HTTP_ACCEPT_ENCODING="")


def bytes_of(photo: str) -> bytes:
    """What is taken for a photo, and no other has."""
    return FRAME + photo.encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""A phone under law: outbox, frozen operations, base rows, overlay (protocol, Phone duties)."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from backend.core import codec
from backend.core.ids import uuid7
from tests.fixtures.people import Client

Row = tuple[str, dict[str, Any]]


@dataclass
class Sent:
    """An operation the phone made. It leaves `waiting` with any status, and the overlay with the first complete
    pull that began after that."""

    body: dict[str, Any]
    status: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    shown: bool = True


@dataclass
class LawPhone:
    """`base`: (kind, id) -> (scope, document); `made`: every operation ever made, oldest first."""

    client: Client
    base: dict[tuple[str, str], Row] = field(default_factory=dict)
    made: list[Sent] = field(default_factory=list)
    cursor: str | None = None
    sums: dict[str, str] = field(default_factory=dict)
    n: int = 0

    def make(self, name: str, object_id: str, data: Any) -> Sent:
        self.n += 1
        kind, verb = name.split(".")
        body = {"op": str(uuid7()), "n": self.n, "kind": kind, "verb": verb, "id": object_id, "schema": 1, "data": data}
        self.made.append(Sent(body))
        return self.made[-1]

    def waiting(self) -> list[Sent]:
        return [each for each in self.made if each.status is None]

    def heard(self, results: list[dict[str, Any]]) -> None:
        """The answer of a push. A status means custody: the operation leaves the queue."""
        by_id = {each.body["op"]: each for each in self.made}
        for result in results:
            by_id[result["op"]].status, by_id[result["op"]].result = result["status"], result

    def apply(self, page: dict[str, Any]) -> None:
        for scope in [*page["drop"], *page["reset"]]:
            self.forget(scope)
        for scope, kind, object_id, document in page["rows"]:
            if document is not None:
                self.base[kind, object_id] = (scope, copy.deepcopy(document))
            else:
                self.remove(scope, kind, object_id)
        self.cursor, self.sums = page["cursor"], page["csum"]

    def forget(self, scope: str) -> None:
        self.base = {key: row for key, row in self.base.items() if row[0] != scope}

    def remove(self, scope: str, kind: str, object_id: str) -> None:
        """A removal counts only if the row is held under that scope: arrival order does not matter (protocol, Pull)."""
        if self.base.get((kind, object_id), ("", {}))[0] == scope:
            del self.base[kind, object_id]

    def pull(self, limit: int, *, twice: bool) -> None:
        """To a consistent point."""
        answered = [each for each in self.made if each.status is not None]
        for _ in range(200):
            page = self.page(limit)
            self.apply(page)
            if twice:
                self.apply(page)
            if not page["more"]:
                for each in answered:
                    each.shown = False
                return
        raise AssertionError("a pull never came to a consistent point")

    def page(self, limit: int) -> dict[str, Any]:
        body = {"cursor": self.cursor, "limit": limit, "csum": self.sums}
        answer = self.client.post_json("/api/v1/sync/pull", body, HTTP_ACCEPT_ENCODING="")
        assert answer.status_code == 200, answer.content
        return dict(codec.loads(answer.content))

    def view(self, visit: str, key: str) -> Any:
        """What the screen shows: base rows with the phone's own work on top."""
        held = self.base.get(("visit", visit))
        value = held[1]["answers"].get(key, {}).get("value") if held else None
        for each in self.made:
            if each.shown and each.body["id"] == visit and key in each.body["data"].get("answers", {}):
                value = each.body["data"]["answers"][key]["value"]
        return value

    def rev(self, visit: str, key: str) -> int:
        held = self.base.get(("visit", visit))
        return int(held[1]["answers"].get(key, {}).get("rev", 0)) if held else 0


def same(body: str, sent: dict[str, Any]) -> bool:
    return bool(json.loads(body) == sent)

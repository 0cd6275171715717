"""What a phone holds of the server's documents, kept as the protocol tells phones to (Pull)."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass
class Store:
    """Base rows: (kind, id) -> (scope, document); the cursor; the server's sums of the last pull."""

    rows: dict[tuple[str, str], tuple[str, Document]] = field(default_factory=dict)
    cursor: str | None = None
    told: dict[str, str] = field(default_factory=dict)
    resets: int = 0

    def apply(self, page: dict[str, Any]) -> None:
        """One page of a pull; applying it twice is the same as once."""
        gone = {*page["drop"], *page["reset"]}
        self.resets += len(page["reset"])
        if gone:
            self.rows = {key: row for key, row in self.rows.items() if row[0] not in gone}
        for scope, kind, object_id, document in page["rows"]:
            key = (kind, object_id)
            if document is not None:
                self.rows[key] = (scope, document)
            elif key in self.rows and self.rows[key][0] == scope:
                del self.rows[key]
        self.cursor, self.told = page["cursor"], page["csum"]

    def forget(self) -> None:
        """The base rows go (another epoch, deposit-only); the outbox is kept elsewhere."""
        self.rows, self.cursor, self.told = {}, None, {}

    def get(self, kind: str, object_id: str) -> Document | None:
        found = self.rows.get((kind, object_id))
        return found[1] if found else None

    def every(self, kind: str) -> dict[str, Document]:
        """All documents of a kind by id."""
        return {key[1]: row[1] for key, row in self.rows.items() if key[0] == kind}

    def sums(self) -> dict[str, str]:
        """Per scope the sum of the 64-bit hashes of (kind, id, rev) over what is held, as 16 hex digits."""
        totals = dict.fromkeys(self.told, 0)
        for (kind, object_id), (scope, document) in self.rows.items():
            digest = hashlib.sha256(f"{kind}/{object_id}/{document['rev']}".encode()).digest()
            totals[scope] = totals.get(scope, 0) + int.from_bytes(digest[:8], "big")
        return {scope: f"{total % 2**64:016x}" for scope, total in totals.items()}

    def differing(self) -> list[str]:
        """Scopes whose sum is not the one the server told; empty where the phone equals the server (I5)."""
        own = self.sums()
        return sorted(scope for scope, told in self.told.items() if own[scope] != told)

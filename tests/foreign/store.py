"""What a phone keeps: base rows by the rules of a pull, and the sum of a scope.

Written from docs/sync-protocol.md alone; nothing of the server or of its benchmark is imported here.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
SUM_MODULUS = 2**64


def scope_sum(rows: list[tuple[str, str, int]]) -> str:
    """Sum of the first 8 bytes, big-endian, of SHA-256 of `kind/id/rev`, mod 2^64, as 16 hex digits."""
    total = sum(int.from_bytes(hashlib.sha256(f"{k}/{i}/{r}".encode()).digest()[:8], "big") for k, i, r in rows)
    return f"{total % SUM_MODULUS:016x}"


@dataclass
class Store:
    """Base rows of a phone: (kind, id) -> (recorded scope, document); and the pull's cursor."""

    rows: dict[tuple[str, str], tuple[str, Document]] = field(default_factory=dict)
    cursor: str | None = None
    server_sums: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    reset: list[str] = field(default_factory=list)

    def apply(self, page: Document) -> None:
        """One page of a pull: clear what is dropped or reset, then its rows in feed order; the last one wins."""
        for scope in [*page["drop"], *page["reset"]]:
            self.clear_scope(scope)
            self.server_sums.pop(scope, None)
        self.dropped += page["drop"]
        self.reset += page["reset"]
        for scope, kind, key, document in page["rows"]:
            self._put(scope, kind, key, document)
        self.server_sums.update(page["csum"])
        self.cursor = page["cursor"]

    def _put(self, scope: str, kind: str, key: str, document: Document | None) -> None:
        if document is not None:
            self.rows[kind, key] = (scope, document)
        elif (kind, key) in self.rows and self.rows[kind, key][0] == scope:
            del self.rows[kind, key]

    def clear_scope(self, scope: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row[0] != scope}

    def clear(self) -> None:
        """Another epoch or deposit-only access: the base rows go, the cursor begins anew."""
        self.rows, self.cursor, self.server_sums = {}, None, {}

    def sums(self) -> dict[str, str]:
        """The phone's own sum of every scope that it holds rows of or was told a sum of."""
        scopes: dict[str, list[tuple[str, str, int]]] = {scope: [] for scope in self.server_sums}
        for (kind, key), (scope, document) in self.rows.items():
            scopes.setdefault(scope, []).append((kind, key, document["rev"]))
        return {scope: scope_sum(rows) for scope, rows in scopes.items()}

    def document(self, kind: str, key: str) -> Document:
        return self.rows[kind, key][1]

    def all(self, kind: str) -> dict[str, Document]:
        return {key: document for (of, key), (_, document) in self.rows.items() if of == kind}

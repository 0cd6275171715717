"""One visit as the phone shows it: what was pulled, with the phone's own unsent work laid over it; and its hash."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from bench.store import Document, Store


@dataclass
class Notebook:
    """What this phone did in one visit. `visit` is the id it began the visit under, perhaps not the one that stayed."""

    assignment: str
    visit: str
    templates: list[list[Any]]
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: dict[str, Document] = field(default_factory=dict)
    evidence: dict[str, Document] = field(default_factory=dict)

    def standing_id(self, store: Store) -> str:
        """The id of the visit that stands for the assignment: the first of the crew to arrive named it."""
        for object_id, document in store.every("visit").items():
            if document["assignment"] == self.assignment and "same_as" not in document:
                return object_id
        return self.visit

    def content(self, store: Store) -> dict[str, Any]:
        """What a submission signs (protocol, Operations, visit.submit): base rows and own work, lists sorted by id."""
        visit_id = self.standing_id(store)
        base = store.get("visit", visit_id) or {"round": 1, "templates": self.templates, "answers": {}}
        answers = {key: {"value": one["value"], "note": one["note"]} for key, one in base["answers"].items()}
        findings = {key: _finding(one) for key, one in _of(store, "finding", visit_id) if one["state"] != "withdrawn"}
        evidence = {key: _evidence(one) for key, one in _of(store, "evidence", visit_id)}
        return {
            "visit": visit_id,
            "round": base["round"],
            "templates": sorted([str(code), int(version)] for code, version in base["templates"]),
            "answers": answers | self.answers,
            "findings": _listed(findings | self.findings),
            "evidence": _listed(evidence | self.evidence),
        }

    def hash(self, store: Store) -> str:
        """SHA-256 of the RFC 8785 canonical JSON of `content`."""
        return hashlib.sha256(rfc8785.dumps(self.content(store))).hexdigest()


def _of(store: Store, kind: str, visit_id: str) -> list[tuple[str, Document]]:
    return [(key, one) for key, one in store.every(kind).items() if one["visit"] == visit_id]


def _listed(found: dict[str, Document]) -> list[Document]:
    return [{"id": key, **found[key]} for key in sorted(found)]


def _finding(one: Document) -> Document:
    fix = one["on_spot"]
    return {
        "item": one["item"],
        "answer_key": one["answer_key"],
        "text": one["text"],
        "severity": one["chosen_severity"],
        "severity_reason": one["severity_reason"],
        "responsibility": one["responsibility"],
        "self_found_fixed": one["self_found_fixed"],
        "on_spot": {"before": sorted(fix["before"]), "after": sorted(fix["after"])} if fix else None,
    }


def _evidence(one: Document) -> Document:
    return {key: one[key] for key in ("sha256", "size", "kind", "answer_key", "finding")}

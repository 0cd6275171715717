"""The content hash of `visit.submit`, twice: from the rows of a phone, and from the operations of a day offline.

Written from docs/sync-protocol.md alone; nothing of the server or of its benchmark is imported here.
"""

import hashlib
from typing import Any

import rfc8785

from tests.foreign.store import Document, Store

FINDING = {"answer_key": "", "text": "", "severity_reason": "", "responsibility": "unit", "self_found_fixed": False}
EVIDENCE = {"kind": "photo", "answer_key": "", "finding": None}


def content_hash(store: Store, visit: str) -> str:
    """Hash of a visit's content as `visit.submit` carries it, from the rows of a phone."""
    document = store.document("visit", visit)
    findings = {key: row for key, row in store.all("finding").items() if row["visit"] == visit}
    evidence = {key: row for key, row in store.all("evidence").items() if row["visit"] == visit}
    return hash_of(
        {
            "visit": visit,
            "round": document["round"],
            "templates": sorted(document["templates"]),
            "answers": {
                key: {"value": answer["value"], "note": answer["note"] or ""}
                for key, answer in document["answers"].items()
            },
            "findings": [
                finding_content(key, row) for key, row in sorted(findings.items()) if row["state"] != "withdrawn"
            ],
            "evidence": [evidence_content(key, row) for key, row in sorted(evidence.items())],
        }
    )


def finding_content(key: str, row: Document) -> Document:
    """A finding inside the content, from its document."""
    spot = row["on_spot"]
    return {
        "id": key,
        "severity": row["chosen_severity"],
        "on_spot": spot and {"before": sorted(spot["before"]), "after": sorted(spot["after"])},
        **{
            name: row[name]
            for name in ("item", "answer_key", "text", "severity_reason", "responsibility", "self_found_fixed")
        },
    }


def evidence_content(key: str, row: Document) -> Document:
    """An evidence inside the content, from its document."""
    return {"id": key, **{name: row[name] for name in ("sha256", "size", "kind", "answer_key", "finding")}}


def hash_of(content: Document) -> str:
    """SHA-256, lower-case hex, of the RFC 8785 canonical JSON."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def offline_hash(visit: str, templates: list[Any], ops: list[Document]) -> str:
    """Hash of the first round of a visit that was done on one phone alone, from its operations in the order of `n`."""
    answers: Document = {}
    findings: Document = {}
    evidence: Document = {}
    for op in sorted(ops, key=lambda op: int(op["n"])):
        data = op["data"]
        match f"{op['kind']}.{op['verb']}":
            case "answer.set" if op["id"] == visit:
                answers |= {k: {"value": a["value"], "note": a.get("note", "")} for k, a in data["answers"].items()}
            case "finding.record" | "finding.amend" if data.get("visit") == visit or op["id"] in findings:
                findings[op["id"]] = finding_said(op["id"], data)
            case "finding.withdraw":
                findings.pop(op["id"], None)
            case "evidence.add" if data["visit"] == visit:
                evidence[op["id"]] = evidence_content(op["id"], EVIDENCE | data)
    return hash_of(
        {
            "visit": visit,
            "round": 1,
            "templates": sorted(templates),
            "answers": answers,
            "findings": [findings[key] for key in sorted(findings)],
            "evidence": [evidence[key] for key in sorted(evidence)],
        }
    )


def finding_said(key: str, data: Document) -> Document:
    """A finding inside the content, from the operation that said it last; what it left out has its default."""
    return finding_content(key, FINDING | {"on_spot": None} | data | {"chosen_severity": data.get("severity")})

"""What must be true of every answer, whatever was asked (protocol, Push and Pull)."""

import gzip
import json
import re
import uuid
from typing import Any

from backend.sync.models import Operation, StrayOperation
from tests.fixtures.people import Client
from tests.fuzz.messages import Twice, Word, text

PUSH, PULL, OFFER = "/api/v1/sync/push", "/api/v1/sync/pull", "/api/v1/sync/offer"

STATUSES = {"applied", "merged", "conflict", "held", "quarantined", "id_reused"}
"""Without `error`: no content is an unexpected failure."""

CODES = {
    *["late_lock", "late_assignment", "no_permission", "bad_state", "invalid", "unknown_kind", "author_disabled"],
    "content_differs",
}

MEMBERS = {
    *["op", "status", "rev", "code", "waits", "detail", "path", "msg", "errors", "missing", "reason"],
    *["answers", "visit", "number", "severity", "state", "hash", "score", "expected"],
    *["draw", "assignment"],
}

REFUSALS = {400, 413}
"""Of a body that is no message of the protocol: nothing was taken, nothing is lost."""

INTEGER = re.compile(r"-?[0-9]{1,20}")
CHINESE = re.compile("[\u4e00-\u9fff]")


def post(client: Client, path: str, body: bytes, *, packed: bool = False, **headers: str) -> Any:
    if packed:
        body, headers = gzip.compress(body, 1), {**headers, "HTTP_CONTENT_ENCODING": "gzip"}
    return client.post(path, body, content_type="application/json", **headers)  # type: ignore[arg-type]


def refused(answer: Any, *codes: str) -> None:
    """A clear refusal with one of `codes`."""
    problem = json.loads(answer.content)
    assert answer.status_code in REFUSALS, (answer.status_code, problem)
    assert problem["code"] in codes, problem
    assert CHINESE.search(problem["detail"])


def push(client: Client, ops: list[Any], clock: Any = None, **how: Any) -> list[dict[str, Any]]:
    """Push `ops`, trees of any content, and hold the answer against the protocol. Returns the results."""
    texts = [text(each) for each in ops]
    body = f'{{"clock":{text(clock)},"ops":[{",".join(texts)}]}}'.encode()
    answer = post(client, PUSH, body, **how)
    assert answer.status_code == 200, answer.content
    told = json.loads(answer.content)
    assert set(told) == {"results", "have", "missing", "durable"}
    assert isinstance(told["have"], int)
    assert all(isinstance(each, int) for each in told["missing"])
    results: list[dict[str, Any]] = told["results"]
    assert len(results) == len(ops)
    for sent, result in zip(ops, results, strict=True):
        _one(sent, result)
    in_custody(texts)
    return results


def _one(sent: Any, result: dict[str, Any]) -> None:
    assert result["status"] in STATUSES, result
    assert set(result) <= MEMBERS, result
    assert ("code" in result) == (result["status"] == "quarantined") or result.get("code") == "content_differs", result
    assert result.get("code", "invalid") in CODES, result
    assert ("waits" in result) == (result["status"] == "held"), result
    named = _named(sent)
    if named is None:
        uuid.UUID(result["op"])
    else:
        assert result["op"] == named


def _named(sent: Any) -> Any:
    """What an operation calls itself, where an answer can repeat it; a UUID as it is written canonically."""
    named = sent.get("op") if isinstance(sent, dict) else None
    if isinstance(named, Twice):
        named = named.last
    if isinstance(named, Word) and INTEGER.fullmatch(named.text):
        named = int(named.text)
    if isinstance(named, str) and _encodable(named):
        try:
            return str(uuid.UUID(named)) if len(named) in {32, 36} else named
        except ValueError:
            return named
    return named if isinstance(named, int) and not isinstance(named, bool) and abs(named) <= 2**53 else None


def _encodable(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def in_custody(ops: list[str]) -> None:
    """Every one of them is kept, byte for byte."""
    kept = set(Operation.objects.filter(body__in=ops).values_list("body", flat=True))
    kept |= set(StrayOperation.objects.filter(body__in=ops).values_list("body", flat=True))
    assert set(ops) == kept

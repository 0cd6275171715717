"""What lies in the database of the app in a browser, and whether all of it is on the server, once."""

import hashlib
import json
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.foreign.process import Server

KEPT = """async () => {
    const whole = (request) => new Promise((found, failed) => {
        request.onsuccess = () => found(request.result);
        request.onerror = () => failed(request.error);
    });
    const database = await whole(indexedDB.open('dudao'));
    const all = (table) => whole(database.transaction(table).objectStore(table).getAll());
    const [ops, files, meta] = await Promise.all(['ops', 'files', 'meta'].map(all));
    database.close();
    return {ops, files, meta: Object.fromEntries(meta.map((row) => [row.key, row.value]))};
}"""
"""Without a version: a browser opens the database as the app left it."""

PREVIEW = """async (key) => {
    const whole = (request) => new Promise((found) => { request.onsuccess = () => found(request.result); });
    const database = await whole(indexedDB.open('dudao'));
    const row = await whole(database.transaction('chunks').objectStore('chunks').get(`preview/${key}`));
    database.close();
    return row ? [...new Uint8Array(row.bytes)] : null;
}"""

DONE = f"""async () => {{
    const kept = await ({KEPT})();
    return kept.ops.every((op) => !op.waiting) && kept.files.every((file) => file.verified > 0 || file.refused);
}}"""


def kept(page: Page) -> dict[str, Any]:
    """Rows of `ops` and `files`, and `meta` by name."""
    found: dict[str, Any] = page.evaluate(KEPT)
    return found


def preview(page: Page, evidence: str) -> bytes:
    """The small picture that is shown; empty until it was drawn."""
    return bytes(page.evaluate(PREVIEW, evidence) or ())


def drafted(page: Page, words: str) -> None:
    """Wait until this lies in a half-written form in the database: from then on it outlives a reload."""
    forms = "draft/"
    until(page, lambda: any(name.startswith(forms) and words in str(row) for name, row in kept(page)["meta"].items()))


def poke(page: Page) -> None:
    """As the system does when the app comes to the front."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def arrived(page: Page) -> None:
    """Wait until everything of this phone is in the server's custody and every file is verified."""
    poke(page)
    until(page, lambda: page.evaluate(DONE))


def until(page: Page, reached: Callable[[], Any], seconds: float = 45) -> None:
    """Ask again and again; the page goes on working meanwhile. Raises `AssertionError` when the time is over."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, kept(page)
        page.wait_for_timeout(50)


def waiting(page: Page) -> list[str]:
    """Names of operations that are only on this phone."""
    return [op["name"] for op in kept(page)["ops"] if op["waiting"]]


def rows(server: Server, question: str, *values: Any) -> list[Any]:
    """Of the server's own database, as it lies on the disk."""
    path = Path(server.environment["DUDAO_DATA"]) / "dudao.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(question, values).fetchall()


def all_is_there_once(page: Page, server: Server, *, refused: Counter[str] | None = None) -> None:
    """Every operation word for word and once, in its order; every effect once; every file with its hash.

    `refused`: which statuses besides `applied` and `merged` were to be expected.
    """
    found = kept(page)
    device, last = found["meta"]["identity"]["device"], found["meta"]["n"]
    _custody(found["ops"], server, device, last)
    _verdicts(server, device, refused or Counter())
    _answers(found["ops"], server, device)
    for file in found["files"]:
        _file(file, server)


def _custody(ops: list[dict[str, Any]], server: Server, device: str, last: int) -> None:
    """Every number once; what the phone still keeps (a backup may have passed the rest) is there word for word."""
    found = rows(server, "SELECT n, id, body FROM sync_operation WHERE device_id = ? ORDER BY n", _hex(device))
    assert [n for n, _, _ in found] == list(range(1, last + 1))
    theirs = {n: (str(uuid.UUID(op)), json.loads(body)) for n, op, body in found}
    mine = {op["n"]: (op["op"], json.loads(op["body"])) for op in ops}
    assert {n: theirs[n] for n in mine} == mine
    assert rows(server, "SELECT count(*) FROM sync_strayoperation WHERE device_id = ?", _hex(device)) == [(0,)]


def _verdicts(server: Server, device: str, refused: Counter[str]) -> None:
    question = """SELECT verdict.status FROM sync_verdict AS verdict
        JOIN sync_operation AS operation ON operation.id = verdict.operation_id WHERE operation.device_id = ?"""
    told = Counter(status for (status,) in rows(server, question, _hex(device)))
    assert {status: n for status, n in told.items() if status not in ("applied", "merged")} == dict(refused)


def _answers(ops: list[dict[str, Any]], server: Server, device: str) -> None:
    """One revision for each answer that was given, and none besides."""
    said = Counter(
        (op["n"], key)
        for op in ops
        if op["name"] == "answer.set" and (op["answer"] or {}).get("status") in ("applied", "merged", "conflict")
        for key in op["data"]["answers"]
    )
    question = "SELECT n, key FROM inspections_answerrevision WHERE device_id = ?"
    there, kept_here = Counter(rows(server, question, _hex(device))), {op["n"] for op in ops}
    assert Counter({each: count for each, count in there.items() if each[0] in kept_here}) == said
    assert set(there.values()) <= {1}


def _file(file: dict[str, Any], server: Server) -> None:
    [(sha256, state)] = rows(server, "SELECT sha256, state FROM inspections_evidence WHERE id = ?", _hex(file["key"]))
    assert (sha256, state) == (file["sha256"], "verified")
    [stored] = Path(server.environment["DUDAO_DATA"]).rglob(sha256)
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == sha256


def _hex(identifier: str) -> str:
    return uuid.UUID(identifier).hex

"""What must always hold of the server, asked of its tables (protocol, Invariants)."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

import rfc8785
from django.db.models import Max

from backend.core import clock, codec
from backend.inspections.models import Answer, AnswerRevision, Evidence, EvidenceState, Visit, VisitRound
from backend.journal.models import AuditLine, FeedRow, Grant, Scope
from backend.media.models import Expectation
from backend.media.models.expectation import ExpectationState
from backend.media.services import blobs
from backend.sync.models import DeviceLog, Operation, Verdict
from backend.sync.models.state import state
from backend.sync.models.verdict import Status
from tests.laws.phone import LawPhone, Sent

Rounds = dict[tuple[uuid.UUID, int], tuple[str, str]]

LATE = {"late_lock"}
"""Work on a visit that was submitted meanwhile waits for the crew's leader."""

INCOMPLETE = {"late_lock", "bad_state"}
"""A submission may also come too early: an answer lacks, or two of them contradict each other."""


def custody(phones: Iterable[LawPhone]) -> None:
    """I1: every operation is on its phone or byte for byte on the server; what was answered is on the server.

    A phone that has not yet heard of a restore keeps what it will offer.
    """
    kept = dict(Operation.objects.values_list("pk", "body"))
    epoch = state().name
    for phone in phones:
        for each in phone.made:
            stored = kept.get(uuid.UUID(each.op))
            waits = each.status is None or phone.epoch != epoch
            assert waits or stored is not None, "I1: an acknowledged operation is gone"
            assert stored is None or stored.encode() == each.raw, "I1: an operation was altered"


def completeness(phone: LawPhone, have: int) -> None:
    """I1: `have` is the highest number up to which nothing of the device lacks."""
    numbers = set(Operation.objects.filter(device_id=phone.client.device.pk).values_list("n", flat=True))
    assert set(range(1, have + 1)) <= numbers, "I1: the server claims to have what it has not"
    assert have + 1 not in numbers, "I1: the server does not know what it has"


def one_effect() -> None:
    """I2: an operation has at most one effect. I3: of one device the newest word stands."""
    rows = AnswerRevision.objects.order_by("pk").values_list("visit_id", "key", "device_id", "n", "rev")
    said = [row[:4] for row in rows if row[3] is not None]
    assert len(said) == len(set(said)), "I2: an answer took effect twice"
    starts = AuditLine.objects.filter(verb__in=["visit.started", "evidence.added"]).values_list("object_id", flat=True)
    assert len(starts) == len(set(starts)), "I2: something began twice"
    newest: dict[tuple[Any, ...], int] = {}
    for visit, key, device, n, rev in rows:
        if rev is not None and n is not None:
            assert newest.get((visit, key, device), 0) < n, "I3: an older operation overrode a newer one"
            newest[visit, key, device] = n


def last_word(phone: LawPhone) -> None:
    """I3: where a value is this device's, it is that of the newest operation that was accepted."""
    accepted = (Status.APPLIED, Status.MERGED, Status.CONFLICT)
    kept = set(Verdict.objects.filter(status__in=accepted).values_list("pk", flat=True))
    last: dict[tuple[str, str], Any] = {}
    for each in phone.made:
        if uuid.UUID(each.op) in kept:
            last |= {(each.id, key): one["value"] for key, one in each.answers.items()}
    device = phone.client.device.pk
    for row in Answer.objects.all():
        said = [row.value] if row.device_id == device else []
        said += [rival["value"] for rival in row.rivals if rival["device"] == str(device)]
        wanted = last.get((str(row.visit_id), row.key))
        assert all(value == wanted for value in said), "I3: an older word of a device stands"


def numbers() -> None:
    """I4: the numbers of a scope are unique and none is beyond its head."""
    heads = dict(Scope.objects.values_list("pk", "head"))
    found = list(FeedRow.objects.values_list("scope_id", "seq"))
    assert len(found) == len(set(found)), "I4: a number was given twice"
    for row in FeedRow.objects.values("scope_id").annotate(top=Max("seq")):
        assert row["top"] <= heads[row["scope_id"]], "I4: a number is beyond the head"


def prefix(phone: LawPhone, places: dict[str, int]) -> None:
    """I4: what a phone was sent of a scope is everything up to where its cursor stands."""
    for row in FeedRow.objects.filter(scope__name__in=places, document__isnull=False).select_related("scope"):
        if row.seq <= places[row.scope.name]:
            held = phone.base.get((row.kind, row.object_id), ("", {"rev": 0}))[1]
            assert held["rev"] == row.rev, "I4: the cursor stands beyond a row that was never sent"


def rounds(seen: Rounds) -> Rounds:
    """I10: a submitted round and its hash never change, whatever comes later. Returns all rounds there are."""
    found: Rounds = {}
    for row in VisitRound.objects.all():
        found[row.visit_id, row.round] = row.content_hash, codec.dumps(row.content).decode()
        told = hashlib.sha256(rfc8785.dumps(row.content)).hexdigest()
        assert row.content_hash == told, "I10: the hash is not that of the content"
    for key, before in seen.items():
        assert found.get(key) == before, "I10: a submitted round was changed"
    for visit in Visit.objects.filter(state__in=["submitted", "approved"]):
        assert found[visit.pk, visit.round][0] == visit.content_hash, "I10: a visit differs from its round"
    return found


def bytes_are_what_was_declared() -> None:
    """I11: `verified` means that the stored bytes hash to the declared sha256."""
    for row in Evidence.objects.filter(state=EvidenceState.VERIFIED):
        assert stored(row.sha256, row.size), "I11: other bytes than declared"
    for promise in Expectation.objects.filter(state=ExpectationState.VERIFIED):
        assert stored(promise.sha256, promise.size), "I11: other bytes than promised"


def stored(sha256: str, size: int) -> bool:
    try:
        data = blobs.read(sha256)
    except FileNotFoundError:
        return False
    return (hashlib.sha256(data).hexdigest(), len(data)) == (sha256, size)


def readable(user_id: int) -> set[str]:
    """The scopes that somebody may read now, by the dates of the grants alone."""
    now = clock.now()
    rows = Grant.objects.filter(user_id=user_id)
    return {row.scope for row in rows if row.starts_at <= now and (row.ends_at is None or now < row.ends_at)}


def same_as_server(phone: LawPhone, denied: set[str]) -> None:
    """After a complete pull: I5, I6, I7. `denied`: scopes that were taken from its person."""
    visible = readable(phone.client.user.pk) - denied
    held = {(scope, *key): document["rev"] for key, (scope, document) in phone.base.items()}
    assert {scope for scope, _, _ in held} <= visible, "I6: a row of a scope the phone lacks"
    live = list(FeedRow.objects.filter(scope__name__in=visible, document__isnull=False).select_related("scope"))
    there = {(row.scope.name, row.kind, row.object_id): row.rev for row in live}
    only_held, only_there = held.items() - there.items(), there.items() - held.items()
    assert held == there, f"I5, I7: only on the phone {only_held}, only on the server {only_there}"
    for row in live:
        assert phone.base[row.kind, row.object_id][1] == codec.loads(row.document or ""), "I5: content"
    for scope in Scope.objects.filter(name__in=phone.heads):
        assert phone.sum_of(scope.name) == f"{scope.csum % 2**64:016x}", "I5: the sums differ"


def documents_are_true() -> None:
    """I5: what the feed holds is what the tables hold."""
    for model in (Visit, Evidence):
        for row in model.objects.all():
            found = FeedRow.objects.get(kind=row.journal_kind, object_id=str(row.pk), document__isnull=False)
            wanted = codec.loads(codec.dumps({"rev": found.rev, **row.journal_document()}))
            assert codec.loads(found.document or "") == wanted, "I5: the feed differs from the table"


def delays(sent: Iterable[tuple[Sent, dict[str, Any]]]) -> None:
    """I8: in the answer of a push nothing waits that depends on nothing."""
    known = {str(pk) for pk in Visit.objects.values_list("pk", flat=True)}
    for each, result in sent:
        status = result["status"]
        assert status != "error" or each.name == "probe.fail", "I8: an error without a fault of its own"
        waits = result["waits"]["kind"] if status == "held" else ""
        assert waits in ("", "operation") or each.visit not in known, "I8, I9: held although its visit is there"


def judged(phones: Iterable[LawPhone]) -> None:
    """At the end. I8: every operation has the verdict it deserves. I9: none is held by something that is there."""
    verdicts = {row.pk: row for row in Verdict.objects.all()}
    known = {str(pk) for pk in Visit.objects.values_list("pk", flat=True)}
    for phone in phones:
        for each in phone.made:
            verdict = verdicts.get(uuid.UUID(each.op))
            assert verdict is not None, "I8: an operation was never judged"
            _deserved(each, verdict.status, verdict.code, there=each.visit in known)
        have = DeviceLog.objects.filter(pk=phone.client.device.pk).values_list("have", flat=True).first() or 0
        assert have == len(phone.made), "I1: numbers lack at the end"


def _deserved(each: Sent, status: str, code: str, *, there: bool) -> None:
    if each.name == "probe.fail":
        assert status == Status.ERROR, "I8: a fault of the server was not kept for another try"
    elif each.data.get("answers") == "nonsense":
        assert (status, code) == (Status.QUARANTINED, "invalid"), "I8: a poison operation"
    elif each.name == "probe.unknown":
        assert (status, code) == (Status.QUARANTINED, "unknown_kind"), "I8: an unknown operation"
    elif there:
        assert status != Status.HELD, "I9: held although what it waits for is there"
        allowed = INCOMPLETE if each.name == "visit.submit" else LATE
        refused = status == Status.QUARANTINED and code not in allowed
        assert not refused, f"I8: late or parentless work was refused: {code}"
        assert status != Status.ERROR, "I8: an error without a fault of its own"
    else:
        assert status == Status.HELD, "I8: work without a parent was not held"

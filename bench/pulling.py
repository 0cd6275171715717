"""What a pull costs beside the cheapest thing that could bring the same bytes."""

import gc
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.db import connection
from rest_framework import serializers
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors.people import actor_of
from backend.accounts.services import people, sessions
from backend.core.actor import Actor, system
from backend.journal.models import FeedRow
from backend.journal.writing import write
from backend.sync.services.pull import pull
from backend.sync.wire import PullIn

DOCUMENTS = 6000
SCOPES = 60
ROUNDS = 9


class Made:
    """A document without a table, of the size of an ordinary one."""

    journal_kind = "finding"

    def __init__(self, place: int) -> None:
        self.journal_id = str(uuid.UUID(int=place))
        self.journal_scope = f"crew:bench-{place % SCOPES}"
        self.place = place

    def journal_document(self) -> dict[str, Any]:
        return {
            "number": self.place,
            "text": "抽查两个班，公示栏未注明各科作业预计时长，与学生记录本不一致。" * 3,
            "severity": "moderate",
            "basis": [{"document": "SJ", "article": "第3条", "name": "双减意见"}] * 2,
            "state": "recorded",
            "at": "2026-11-20T09:12:33Z",
        }


class RowSerializer(serializers.ModelSerializer[FeedRow]):
    class Meta:
        model = FeedRow
        fields = ("seq", "kind", "object_id", "rev", "document", "changed_at")


def measure() -> Iterator[tuple[str, str, str]]:
    user = prepare()
    actor = actor_of(user)
    ours, bare = in_turn(lambda: download(actor), read_and_join)
    _, slow = in_turn(lambda: None, through_drf, rounds=3)
    yield f"first download, {DOCUMENTS} documents", f"{ours / bare:.2f} × bare SQL ({ours * 1000:.0f} ms)", "≤ 1.5 ×"
    yield "the same rows through a DRF ModelSerializer", f"{slow / ours:.0f} × ours", "≥ 20 ×"
    yield from empty_pull(user)


def prepare() -> User:
    county = people.create_county(code="bench", name="云川县", issuer="云川县督导办", number_prefix="云")
    user = people.create_user(actor=system(county.pk), username="bench", name="督查员", roles=[Role.INSPECTOR])
    with write(actor=system(county.pk)) as change:
        for place in range(DOCUMENTS):
            change.put(Made(place))
        for scope in range(SCOPES):
            change.grant(user.pk, f"crew:bench-{scope}")
    return user


def download(actor: Actor) -> None:
    cursor, more = None, True
    while more:
        page = orjson.loads(pull(actor, PullIn(cursor=cursor)))
        cursor, more = page["cursor"], page["more"]


def read_and_join() -> None:
    """The stored documents, read and joined with bare SQL, and parsed as a phone would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, object_id, document FROM journal_feedrow WHERE document IS NOT NULL ORDER BY id")
        rows = cursor.fetchall()
    joined = ",".join(f'["{kind}","{object_id}",{document}]' for kind, object_id, document in rows)
    orjson.loads(f"[{joined}]")


def through_drf() -> None:
    orjson.loads(orjson.dumps(RowSerializer(FeedRow.objects.all(), many=True).data))


def empty_pull(user: User) -> Iterator[tuple[str, str, str]]:
    client = APIClient()
    pair = sessions.sign_in(user=user, device_id=uuid.uuid4(), name="bench", platform="bench")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    cursor = drained(client)

    def nothing_new() -> None:
        client.post("/api/v1/sync/pull", {"cursor": cursor}, format="json")

    def trivial() -> None:
        client.get("/api/v1/auth/me")

    ours, other = in_turn(nothing_new, trivial, rounds=60)
    figure = f"{ours / other:.2f} × an authenticated trivial view ({ours * 1000:.1f} ms)"
    yield f"empty pull over {SCOPES} scopes", figure, "≤ 2 ×"


def drained(client: APIClient) -> str:
    cursor, more = None, True
    while more:
        page = client.post("/api/v1/sync/pull", {"cursor": cursor}, format="json").json()
        cursor, more = page["cursor"], page["more"]
    return str(cursor)


def in_turn(one: Callable[[], Any], other: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median seconds of each, measured in turn after one warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    one()
    other()
    gc.collect()
    for _ in range(rounds):
        for work, kept in ((one, times[0]), (other, times[1])):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])

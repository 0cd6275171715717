"""The batches of the rush are those that an outbox makes, and a phone that is put off comes again."""

import asyncio
import gzip
from itertools import count

import msgspec
import pytest

from backend.inspections.models import ChecklistTemplate
from backend.sync.wire import MAX_OPS
from bench.load import Answer, Job, Report, run
from bench.offline import CHECKLISTS, Errand, Handset
from bench.preparing import Prepared
from bench.rush import batches, others_ms
from tests.fixtures.visits import Fieldwork

ERRAND = Errand("0198a200-0000-7000-8000-000000000000", 1, [("TY", 1)], "primary", [1, 2, 3, 4, 5, 6], 108.7, 30.9, 0)


def test_a_phone_sends_all_its_visits_in_batches_of_at_most_200_operations(fieldwork: Fieldwork) -> None:
    fieldwork.county()
    rows = {row.code: row for row in ChecklistTemplate.objects.filter(code__in=CHECKLISTS)}
    templates = [msgspec.Raw(msgspec.json.encode(rows[code].content)) for code in CHECKLISTS]
    [requests] = batches(Prepared([Handset(1, "device", "token", [ERRAND] * 9)], templates))
    sent = [msgspec.json.decode(gzip.decompress(each.partition(b"\r\n\r\n")[2]))["ops"] for each in requests]
    assert [len(ops) for ops in sent] == [MAX_OPS, 9 * 24 - MAX_OPS]
    assert [op["n"] for ops in sent for op in ops] == list(range(1, 9 * 24 + 1))


def test_who_is_put_off_comes_again_and_the_waiting_counts() -> None:
    async def scene() -> Report:
        turns = count()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not reader.at_eof():
                head = await reader.readuntil(b"\r\n\r\n")
                busy = b"/push" in head and next(turns) == 0
                body = b'{"retry_after":0.2}' if busy else b"{}"
                status = b"503 busy" if busy else b"200 OK"
                writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

        async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handle(reader, writer)
            except asyncio.IncompleteReadError:
                writer.close()

        async with await asyncio.start_server(quietly, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            push, pull = (b"POST /%s HTTP/1.1\r\n\r\n" % what for what in (b"push", b"pull"))
            return await run(Job(port, [[push]], others=[pull], pause=0.05))

    report = asyncio.run(scene())
    [[answer]] = report.clients
    assert (answer.status, answer.refused) == (200, 1)
    assert answer.ended - answer.began >= 0.2
    assert len(report.others[0]) > 1


def test_a_refused_pull_of_others_is_no_figure() -> None:
    good, bad = Answer(0, 0.1, 200, b"{}"), Answer(0, 0.2, 403, b"no_sync")
    assert others_ms(Report([], 0, [[good], [good]])) == [100, 100]
    with pytest.raises(ValueError, match="no_sync"):
        others_ms(Report([], 0, [[good, bad]]))

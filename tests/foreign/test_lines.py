"""Uploads and the live socket, as a client sees them that was written from docs/sync-protocol.md alone."""

import hashlib
import io
import json
import os

import pytest
from PIL import Image

from tests.foreign.client import Refused, close_code, uuid7
from tests.foreign.crew import (
    applied,
    one,
    photo,
    said,
    submit,
)


def jpeg() -> bytes:
    """A photo of about 270 kB that no other test has."""
    image = Image.frombytes("RGB", (640, 480), os.urandom(640 * 480 * 3))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def test_a_photo_cut_in_the_middle_is_resumed_verified_and_served_byte_for_byte(send_crew, sign_in):
    crew = send_crew(13)
    visit, file = crew.begun(), jpeg()
    phone, digest = crew.leader, hashlib.sha256(file).hexdigest()
    facts = {"sha256": digest, "size": len(file)}
    evidence = uuid7()
    with pytest.raises(Refused) as fault:
        phone.upload(evidence, file, "image/jpeg")
    assert fault.value.status == 403
    evidence = photo(phone, visit, "TY-05", **facts)
    applied(phone)
    upload = phone.upload(evidence, file, "image/jpeg")
    assert upload.location.startswith(f"{phone.base}/api/v1/uploads/")
    piece = file[:5000]
    with pytest.raises(Refused) as fault:
        upload.patch(0, piece, checksum=hashlib.sha256(b"another").digest())
    assert (fault.value.status, upload.offset()) == (460, 0)
    assert upload.patch(0, piece, checksum=hashlib.sha256(piece).digest()) == 5000
    with pytest.raises(Refused) as fault:
        upload.patch(4000, piece)
    assert fault.value.status == 409
    upload.patch_cut(5000, len(file) // 2)
    assert 5000 < upload.settled(5000) < len(file)
    crew.member.pull()
    assert crew.member.store.document("evidence", evidence)["state"] == "awaited"
    assert upload.rest() == len(file)
    crew.member.pull()
    assert crew.member.store.document("evidence", evidence)["state"] == "verified"
    assert hashlib.sha256(crew.member.blob(digest)).hexdigest() == digest
    for account, name in ((sign_in("t14_a"), digest), (crew.member, hashlib.sha256(b"nothing").hexdigest())):
        with pytest.raises(Refused) as fault:
            account.blob(name)
        assert fault.value.status == 404


def test_bytes_that_are_not_those_declared_are_460_and_the_evidence_is_corrupt(send_crew):
    crew = send_crew(14)
    visit, file = crew.begun(), jpeg()
    declared = hashlib.sha256(file).hexdigest()
    evidence = photo(crew.leader, visit, "TY-05", sha256=declared, size=len(file))
    applied(crew.leader)
    upload = crew.leader.upload(evidence, file, "image/jpeg")
    with pytest.raises(Refused) as fault:
        upload.patch(0, file[:-1] + bytes([file[-1] ^ 1]))
    assert fault.value.status == 460
    crew.leader.pull()
    assert crew.leader.store.document("evidence", evidence)["state"] == "corrupt"
    crew.leader.upload(evidence, file, "image/jpeg").rest()
    crew.leader.pull()
    assert crew.leader.store.document("evidence", evidence)["state"] == "verified"


def test_a_push_of_one_phone_pokes_the_other(send_crew):
    crew = send_crew(15)
    visit = crew.begun()
    with crew.member.live() as line:
        assert line.subprotocol == "inspection.v1"
        crew.leader.do("visit", "amend", visit, remarks="请看")
        applied(crew.leader)
        poke = json.loads(line.recv(timeout=15))
    assert poke == {"type": "poke", "scopes": [f"crew:{crew.assignment}"]}
    crew.member.pull()
    assert crew.member.store.document("visit", visit)["details"]["remarks"] == "请看"


def test_a_wrong_token_is_closed_with_4401(sign_in):
    with sign_in("t15_a").live("no.such.token") as line:
        assert close_code(line) == 4401


def test_a_school_learns_of_a_notice_by_its_socket_and_not_before(office, send_crew, sign_in):
    crew = send_crew(16)
    visit = crew.begun()
    crew.leader.do("finding", "record", uuid7(), visit=visit, item="TY-02", text="人数不足", answer_key="TY-02")
    applied(crew.leader)
    crew.leader.pull()
    assert said(one(crew.leader, submit(crew.leader, visit))) == ("applied", None)
    school = sign_in(crew.school["code"].lower())
    with school.live() as line:
        office.call("POST", f"/visits/{visit}/approve", {})
        notice = office.call("POST", "/notices", {"visit": visit})
        office.call("POST", f"/notices/{notice['id']}/review", {})
        with pytest.raises(TimeoutError):
            line.recv(timeout=1.5)
        office.sign(notice["id"])
        told = [json.loads(line.recv(timeout=15)) for _ in range(2)]
        assert {"type": "inbox", "seq": 1, "unread": 1} in told
    with school.live() as line:
        line.send(json.dumps({"type": "hello", "inbox": 0}))
        assert json.loads(line.recv(timeout=15)) == {"type": "inbox", "seq": 1, "unread": 1}
    [message] = school.call("GET", "/inbox")["items"]
    assert message["subject"] == {"kind": "notice", "id": notice["id"]}

"""A phone that does its duties about a restore: it keeps what no backup holds yet, and offers it (protocol, Offer)."""

from dataclasses import dataclass, field
from typing import Any

from backend.core.ids import uuid7
from tests.backups.server import Uploads
from tests.fixtures.people import PASSWORD
from tests.fixtures.phones import Phone


@dataclass
class Photo:
    """Bytes on the phone. `verified` is the server's time at which the phone pulled that they are safe."""

    data: bytes
    verified: int | None = None


@dataclass
class KeepingPhone(Phone):
    """`kept`: every operation that is not known to be in a backup, oldest first; `heard` when it was acknowledged."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)
    durable: int | None = None
    signed_in_again: int = 0

    def call(self, path: str, body: dict[str, Any]) -> Any:
        """A request; with a new token, and if that is not to be had with the password, when the token is refused."""
        for renew in (self._refresh, self._sign_in, None):
            answer = self.client.post_json(f"/api/v1/{path}", body, HTTP_ACCEPT_ENCODING="")
            if answer.status_code != 401 or renew is None:
                return answer
            renew()
        raise AssertionError

    def _refresh(self) -> None:
        self._speak_as(self._anonymous("auth/refresh", {"refresh": self.refresh_token}))

    def _sign_in(self) -> None:
        self.signed_in_again += 1
        device = {"id": str(self.client.device.pk), "name": "测试手机", "platform": "test"}
        said = {"username": self.client.user.username, "password": PASSWORD, "device": device}
        self._speak_as(self._anonymous("auth/login", said))

    def _anonymous(self, path: str, body: dict[str, Any]) -> Any:
        self.client.credentials()
        return self.client.post_json(f"/api/v1/{path}", body)

    def _speak_as(self, answer: Any) -> None:
        if answer.status_code == 200:
            pair = answer.json()
            self.refresh_token = pair["refresh"]
            self.access_token = pair["access"]
            self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.access_token}")

    def __post_init__(self) -> None:
        self.refresh_token, self.access_token = self.client.tokens.refresh, self.client.tokens.access

    # Work

    def do(self, name: str, object_id: object, data: Any = None) -> str:
        """One operation, handed in and acknowledged; its status."""
        op = self.op(name, object_id, data)
        self.kept[op["op"]] = op
        return self.hand_in([op])[0]

    def hand_in(self, ops: list[dict[str, Any]]) -> list[str]:
        answer = self.call("sync/push", {"ops": ops})
        assert answer.status_code == 200, answer.content
        for op in ops:
            self.heard[op["op"]] = int(answer["Sync-Time"])
        return [result["status"] for result in answer.json()["results"]]

    def photograph(self, visit: str, data: bytes, sha256: str, uploads: Uploads, key: str = "") -> str:
        evidence = str(uuid7())
        fact = {"visit": visit, "sha256": sha256, "size": len(data), "filetype": "image/jpeg", "answer_key": key}
        assert self.do("evidence.add", evidence, fact) == "applied"
        self.photos[evidence] = Photo(data)
        self.upload(uploads)
        return evidence

    def upload(self, uploads: Uploads) -> None:
        """Every photo that the server does not have for certain."""
        for evidence, photo in self.photos.items():
            if photo.verified is None:
                uploads.send(self.access_token, evidence, photo.data)

    # Pull, and what may be let go after it

    def pull_page(self, limit: int = 2000) -> Any:
        return self.call("sync/pull", {"cursor": self.cursor, "limit": limit, "csum": self.sums})

    def apply(self, page: dict[str, Any]) -> None:
        super().apply(page)
        self.durable = page["durable"]

    def refresh(self) -> None:
        """Pull; note what is verified; let go of what a backup holds."""
        self.pull()
        now = int(self.call("sync/pull", {"cursor": self.cursor, "csum": self.sums})["Sync-Time"])
        shown = self.documents("evidence")
        for evidence, photo in self.photos.items():
            if photo.verified is None and shown.get(evidence, {}).get("state") == "verified":
                photo.verified = now
        if self.durable is not None:
            self.kept = {op: body for op, body in self.kept.items() if self.heard.get(op, 2**53) > self.durable}
            self.photos = {
                key: photo
                for key, photo in self.photos.items()
                if photo.verified is None or photo.verified > self.durable
            }

    # After a restore

    def meet_new_epoch(self) -> None:
        """The server answers 409: base rows go, the outbox stays, the cursor is null."""
        answer = self.pull_page()
        assert (answer.status_code, answer.json()["code"]) == (409, "epoch"), answer.content
        self.rows, self.cursor, self.sums = {}, None, {}
        for photo in self.photos.values():
            photo.verified = None

    def offer(self) -> list[str]:
        answer = self.call("sync/offer", {"ids": list(self.kept)})
        assert answer.status_code == 200, answer.content
        return [str(each) for each in answer.json()["lack"]]

    def mend(self, uploads: Uploads) -> list[str]:
        """Offer, resend what lacks in the order of its numbers, and the bytes that belong to it; what lacked."""
        lack = self.offer()
        self.hand_in([body for op, body in self.kept.items() if op in lack])
        self.upload(uploads)
        return lack

"""An inspected school or institution: hears of its notice live, acknowledges, puts things right, reports."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from bench.clocks import Clock, uuid7
from bench.live import Listener
from bench.photos import Place, photo
from bench.session import Refused, Session
from bench.tus import Upload

Row = dict[str, Any]
HEARS_WITHIN = 30.0
"""Seconds from the signature to the live message, after which the day fails."""


@dataclass
class Unit:
    """The account of one unit, with its socket."""

    session: Session
    listener: Listener
    clock: Clock
    rng: random.Random
    place: Place | None
    seen: int = 0
    photos: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.session.username

    async def attend(self) -> None:
        """Sign in, look at the inbox, listen."""
        await self.session.sign_in()
        self.seen = (await self.session.get("/api/v1/inbox"))["last"]
        await self.listener.open(self.seen)

    async def sees_nothing(self) -> list[str]:
        """What gives an unannounced visit away before its notice is issued; must be empty."""
        told = [f"{self.name} 收到 {each.message}" for each in self.listener.heard]
        if (await self.session.get("/api/v1/inbox"))["last"] != self.seen:
            told.append(f"{self.name} 的收件箱在签发前有新消息")
        known = await self.session.every("/api/v1/unit/notices")
        told += [f"{self.name} 在签发前看到通知书 {row['id']}" for row in known if row["issued_at"] is None]
        answer = await self.session.send("POST", "/api/v1/sync/pull", json={"cursor": None})
        if answer.status_code != 403:
            told.append(f"{self.name} 可以下载同步数据（{answer.status_code}）")
        return told

    async def hear(self, signed_at: float) -> float:
        """Wait for the live word of a new message; seconds from `signed_at` (monotonic). Raises `Silence`."""
        heard = await self.listener.wait_for_inbox(self.seen + 1, HEARS_WITHIN)
        self.seen = int(heard.message["seq"])
        return max(0.0, heard.at - signed_at)

    async def acknowledge(self, notice_id: str) -> Row:
        """Find the notice through the inbox, read it and its paper, acknowledge it."""
        items = (await self.session.get("/api/v1/inbox", unread="true"))["items"]
        if not any(one["subject"]["id"] == notice_id for one in items):
            raise AssertionError(f"{self.name} 的收件箱里没有通知书 {notice_id}")
        notice = await self.session.get(f"/api/v1/unit/notices/{notice_id}")
        paper = await self.session.send("GET", f"/api/v1/blobs/{notice['pdf']}")
        if paper.status_code != 200 or not paper.content.startswith(b"%PDF-"):
            raise Refused(paper)
        await self.session.post("/api/v1/inbox/read", {"upto": self.seen})
        found: Row = await self.session.post(f"/api/v1/unit/notices/{notice_id}/acknowledge")
        return found

    async def report(self, notice: Row, items: list[Row]) -> Row:
        """Prove each finding with a photo and report on all of `items`."""
        today = self.clock.now().date().isoformat()
        parts = []
        for item in items:
            proof = await self._prove(notice["id"], item["id"])
            parts.append(
                {
                    "item": item["id"],
                    "cause": "制度执行不到位，检查督促不够。",
                    "measure": "立即召开专题会，重新学习要求，安排专人每日检查。",
                    "responsible_role": "分管副校长",
                    "finished_on": today,
                    "result": "已整改到位，见整改后照片。",
                    "evidence": [proof],
                }
            )
        body = {"parts": parts, "summary": "本单位已逐项整改。", "self_check": "已举一反三开展自查，未发现同类问题。"}
        found: Row = await self.session.post(f"/api/v1/unit/notices/{notice['id']}/report", body)
        return found

    async def _prove(self, notice_id: str, item_id: str) -> str:
        self.clock.pass_(self.rng.uniform(1, 5))
        taken = self.clock.now()
        picture = await asyncio.to_thread(photo, self.rng, taken, self.place)
        fact = {"sha256": picture.sha256, "size": len(picture.data), "filetype": picture.filetype}
        body = {"id": uuid7(self.clock, self.rng), "item": item_id, "kind": "after", **fact}
        declared = await self.session.post(f"/api/v1/unit/notices/{notice_id}/evidence", body)
        await Upload(self.session, declared["id"], picture.data, picture.filetype, picture.sha256).run()
        self.photos[declared["id"]] = picture.sha256
        return str(declared["id"])

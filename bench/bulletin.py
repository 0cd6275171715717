"""The half-monthly bulletin over REST: compile, review, sign, publish, and the paper on disk."""

import asyncio
import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.office import Office
from bench.session import Refused

PATH = "/api/v1/bulletins"
TRIES = 5

TEXTS = {
    "next_steps": ["继续推进每月全覆盖，重点复查作业公示和预收费资金监管。", "各督查组对本期已销号问题开展回头看。"],
    "good_practices": [{"place": "某小学", "text": "年级组每日协调各科作业总量并当日公示，家长可随时查看。"}],
}
"""What the office writes by hand."""


@dataclass(frozen=True, slots=True)
class Issue:
    """The bulletin as the server tells of it, and where its paper lies (None before it is signed)."""

    told: dict[str, Any]
    paper: Path | None

    def figure(self, key: str) -> float | None:
        """The value of a figure by its key; None when the bulletin has none of that name, or no data."""
        found = [one["value"] for one in self.told["figures"] if one["key"] == key]
        return float(found[0]) if found and found[0] is not None else None


def period_start(day: dt.date) -> dt.date:
    """The 1st or the 16th: the first day of the half-month that `day` belongs to."""
    return day.replace(day=1 if day.day < 16 else 16)


async def compile_draft(office: Office, start: dt.date) -> Issue:
    """Freeze the figures; the server's own duty may be doing the same at this moment."""
    for _ in range(TRIES):
        try:
            told = await office.desk.post(f"{PATH}/compile", {"period_start": start.isoformat()})
            return Issue(told, None)
        except Refused as refused:
            if refused.code != "compiled_elsewhere":
                raise
            await asyncio.sleep(0.5)
    raise AssertionError("半月报一直由他人汇编")


async def publish(office: Office, start: dt.date, out: Path) -> Issue:
    """Compile, edit, review, sign, publish; the paper is written into `out` after its hash was checked."""
    bulletin = (await compile_draft(office, start)).told["id"]
    await office.desk.call("PATCH", f"{PATH}/{bulletin}/texts", TEXTS)
    await office.desk.post(f"{PATH}/{bulletin}/review")
    await office.director.post(f"{PATH}/{bulletin}/sign")
    told = await office.desk.post(f"{PATH}/{bulletin}/publish")
    paper = out / f"{told['title']}.pdf"
    await asyncio.to_thread(paper.write_bytes, await read_blob(office, told["pdf_sha256"]))
    return Issue(told, paper)


async def read_blob(office: Office, sha256: str) -> bytes:
    """The bytes of a blob, re-hashed here. Raises `Refused`, `AssertionError`."""
    answer = await office.desk.send("GET", f"/api/v1/blobs/{sha256}")
    if answer.status_code != 200:
        raise Refused(answer)
    if hashlib.sha256(answer.content).hexdigest() != sha256:
        raise AssertionError(f"blob {sha256} 的内容与其摘要不符")
    return answer.content

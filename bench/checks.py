"""After the day: is everything where it belongs? What the phones did is compared with what the server holds."""

import asyncio
import hashlib
from collections import Counter
from typing import Any

from bench.bulletin import read_blob
from bench.phone import Phone
from bench.play import Day, each
from bench.show import Bar

ALL_TYPES = ("yes_no", "yes_no_na", "number", "single", "multi", "text", "photo", "signature")
SETTLED = ("closed", "withdrawn", "referred")


async def check(day: Day, bar: Bar) -> list[str]:
    """What is not as it must be; empty when the day was a good one."""
    faults: list[str] = []
    await each(day.phones, Phone.pull)
    for phone in day.phones:
        phone.follow()
        faults += phone.troubles()
    visits = [await day.office.desk.get(f"/api/v1/visits/{visit_id}") for visit_id in day.visits]
    bar.step()
    faults += _visits(day, visits)
    faults += _hashes(day, {visit["assignment"]: visit for visit in visits})
    bar.step()
    faults += await _blobs(day, visits)
    bar.step()
    faults += await _notices(day)
    bar.step()
    faults += _types(day) + _bulletin(day, visits)
    bar.step()
    return faults


def _visits(day: Day, visits: list[dict[str, Any]]) -> list[str]:
    """The server's counts are those of the field."""
    evidence = Counter(one["kind"] for visit in visits for one in visit["evidence"])
    held = {
        "到访": len(visits),
        "答案": sum(len(visit["answers"]) for visit in visits),
        "问题": sum(len(visit["findings"]) for visit in visits),
        "照片": evidence["photo"],
        "签名": evidence["signature"],
    }
    tallies = [crew.tally for crew in day.crews]
    made = {
        "到访": sum(one.visits for one in tallies),
        "答案": sum(one.answers for one in tallies),
        "问题": sum(one.findings for one in tallies),
        "照片": sum(one.photos for one in tallies),
        "签名": sum(one.signatures for one in tallies),
    }
    out = [f"{what}：手机上 {made[what]}，服务器上 {held[what]}" for what in made if made[what] != held[what]]
    out += [f"到访 {visit['id']} 为 {visit['state']}" for visit in visits if visit["state"] != "approved"]
    out += [f"到访 {visit['id']} 不计入覆盖" for visit in visits if not visit["counts_for_coverage"]]
    out += [f"到访 {visit['id']} 有冲突 {visit['conflicts']}" for visit in visits if visit["conflicts"]]
    awaited = [one for visit in visits for one in visit["evidence"] if one["state"] != "verified"]
    return out + [f"佐证 {one['id']} 为 {one['state']}" for one in awaited]


def _hashes(day: Day, visits: dict[str, dict[str, Any]]) -> list[str]:
    """The content that was signed is the content that every phone of the crew still sees (invariant I10)."""
    out = []
    for crew in day.crews:
        for work in crew.done:
            told = visits.get(work.assignment_id, {}).get("content_hash")
            if told != work.notebook.hash(work.phone.store):
                out.append(f"{work.phone.name}：到访 {work.visit} 的内容摘要与服务器不同")
    return out


async def _blobs(day: Day, visits: list[dict[str, Any]]) -> list[str]:
    """Every photo is there and hashes to its name (invariant I11); the office reads them all."""
    wanted = {one["sha256"] for visit in visits for one in visit["evidence"]}
    wanted |= {sha256 for unit in day.units.values() for sha256 in unit.photos.values()}
    out: list[str] = []

    async def one(sha256: str) -> None:
        try:
            await read_blob(day.office, sha256)
        except Exception as fault:  # noqa: BLE001 -- every missing photo is to be named, not only the first
            out.append(f"照片 {sha256[:12]}：{fault}")

    await each(sorted(wanted), one)
    return out


async def _notices(day: Day) -> list[str]:
    """Every notice is numbered without gaps, on paper, closed; its unit sees it and nobody else's."""
    rows = await asyncio.gather(*(day.office.desk.get(f"/api/v1/notices/{each_id}") for each_id in day.notices))
    out = [f"通知书 {row['number']} 为 {row['state']}" for row in rows if row["state"] != "closed"]
    for row in rows:
        out += [f"{row['number']} 问题{i['number']} 为 {i['state']}" for i in row["items"] if i["state"] not in SETTLED]
        out += [f"{row['number']} 印制提示：{line}" for line in row["pdf_warnings"]]
        paper = await day.office.desk.send("GET", f"/api/v1/blobs/{row['pdf']}")
        if hashlib.sha256(paper.content).hexdigest() != row["pdf"]:
            out.append(f"{row['number']} 的 PDF 与其摘要不符")
    serials = sorted(int(row["number"].rpartition("〕")[2].removesuffix("号")) for row in rows)
    if not day.plan.real_time and serials != list(range(1, len(serials) + 1)):
        out.append(f"通知书编号不连续：{serials}")
    for target_id, unit in day.units.items():
        own = {row["id"] for row in rows if row["target"] == target_id}
        seen = {row["id"] for row in await unit.session.every("/api/v1/unit/notices")}
        if seen & set(day.notices) != own:
            out.append(f"{unit.name} 看到的通知书与发给它的不同")
    return out


def _types(day: Day) -> list[str]:
    given = day.answer_types()
    return [f"没有 {name} 类型的答案" for name in ALL_TYPES if not given[name]]


def _bulletin(day: Day, visits: list[dict[str, Any]]) -> list[str]:
    """The bulletin counts at least what happened today, and exactly that on a server of the day's own."""
    if day.issue is None:
        return ["没有半月报"]
    counted = day.issue.figure("visits")
    wanted = len(visits)
    if counted is None or (counted < wanted if day.plan.real_time else counted != wanted):
        return [f"半月报统计到访 {counted} 次，今日实为 {wanted} 次"]
    return []

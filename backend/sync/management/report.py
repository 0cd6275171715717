"""`sync stats` as a person reads it: Chinese, one figure a line, in columns."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from typing import Any

from backend.core import clock
from backend.sync import people

STATUSES = {
    "unjudged": "已收到、未判定",
    "held": "等待所依赖的内容",
    "quarantined": "未采用、待审核",
    "error": "处理出错、将重试",
    "conflict": "冲突",
    "applied": "已生效",
    "merged": "与已有内容相同",
}

NAME, FIGURE = 22, 12
"""Columns; a Chinese sign takes two."""


def lines(found: dict[str, Any]) -> Iterator[str]:
    """`found` as `backend.sync.reporting.summary` gives it."""
    yield f"离线同步统计  {_time(clock.now())}"
    yield ""
    yield from _operations(found)
    yield ""
    yield "校验与重发"
    yield _line("校验和不一致", found["resets"]["sum"], "次")
    yield _line("下限升高后重新下载", found["resets"]["floor"], "次")
    yield ""
    yield from _phones(found)


def _operations(found: dict[str, Any]) -> Iterator[str]:
    yield "操作"
    yield _line("保存在服务器", found["operations"])
    for status, name in STATUSES.items():
        row = found["unjudged"] if status == "unjudged" else found["by_status"].get(status, {})
        oldest = row.get("oldest") if status not in {"applied", "merged"} else None
        yield _line(name, row.get("count", 0), since=oldest)
    yield _line("编号被重复使用", found["id_reused"])


def _phones(found: dict[str, Any]) -> Iterator[str]:
    unsent = found["unsent"]
    yield "手机"
    yield _line("有未上交的工作", unsent["devices"], "台", since=unsent["since"])
    yield _line("　其中操作", unsent["ops"] or 0)
    yield _line("　其中文件", unsent["uploads"] or 0, f"个，共 {(unsent['bytes'] or 0) / 1_000_000:.1f} MB")
    yield _line("操作编号有缺口", len(found["devices_with_gaps"]), "台")
    cards = people.device_cards(row["device"] for row in found["devices_with_gaps"])
    for row in found["devices_with_gaps"]:
        card = cards.get(row["device"])
        name = _padded(card.user_name if card else "（账号已删除）", NAME - 4)
        yield f"  　{name}  连续至 {row['have']}，最大 {row['top']}，最近上交 {_time(row['pushed_at'])}"


def _line(name: str, figure: int, unit: str = "", *, since: dt.datetime | None = None) -> str:
    text = f"  {_padded(name, NAME)}{figure:>{FIGURE},}"
    if unit:
        text += f" {unit}"
    return f"{text}  自 {_time(since)}（{_age(since)}）" if since else text


def _padded(text: str, width: int) -> str:
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(0, width - taken)


def _time(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"


def _age(moment: dt.datetime) -> str:
    hours, minutes = divmod(int((clock.now() - moment).total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分"

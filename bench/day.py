"""`make day`: one working day of a county against a real server, only through its public API.

Seventeen teams with two phones each sign in, receive, go offline, fill in real checklists of real targets, take photos,
come back over a bad line, hand in and upload; the office approves and issues notices; units hear of them live, answer
and prove; reviewers close; the bulletin of the half-month comes out. What does not end as it must makes it fail.
"""

import argparse
import asyncio
import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.bulletin import Issue
from bench.checks import check
from bench.clocks import CHINA
from bench.line import BAD, CLEAR, LineCounts
from bench.play import Day, Plan
from bench.server import Server, ServerFault
from bench.session import LineDown, Refused
from bench.show import Board

PASSWORD = "Yunchuan-2026"  # noqa: S105 -- of the demonstration county, printed by `make run` for everybody
OUT = Path("out/day")

MORNING = dt.datetime(2026, 11, 30, 8, 0, tzinfo=CHINA)
"""A Monday, and the last day of a half-month: the next morning its bulletin may be signed."""

EVENING = dt.timedelta(hours=9, minutes=30)
NEXT_MORNING = dt.timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    server: str | None
    seed: int
    teams: int
    visits: int
    fail_rate: float
    clear: bool
    out: Path
    data: Path | None
    database: str | None
    password: str


def main(arguments: Sequence[str] | None = None, board: Board | None = None) -> int:
    """Play the day; 0 when everything is as it must be."""
    options, board = read(arguments), board or Board()
    began = time.monotonic()
    day = play_in(options, board)
    if day is None:
        return 1
    _sum_up(day, board, time.monotonic() - began)
    if day.faults:
        board.say(f"有 {len(day.faults)} 处与应有的不同：", "bold red")
        board.faults(day.faults)
        return 1
    board.say("全部核对一致：操作、校验和、照片、到访、通知书、半月报。", "bold green")
    if day.issue and day.issue.paper:
        board.say(f"半月报：{day.issue.paper}", "bold")
    return 0


def play_in(options: Options, board: Board) -> Day | None:
    """The day as it was played; None when it had to be called off, which the board has said."""
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            return _play(options, board, stack)
    except KeyboardInterrupt:
        board.say("演练被中断。", "bold red")
    except BaseExceptionGroup as group:
        _called_off(board, _leaves(group))
    except (ServerFault, Refused, LineDown, AssertionError, TimeoutError) as fault:
        _called_off(board, [fault])
    return None


def read(arguments: Sequence[str] | None, prog: str = "make day") -> Options:
    """The command line; without `arguments` that of this process."""
    parser = argparse.ArgumentParser(prog=prog, description="演练一个工作日：督查、同步、通知、整改、半月报。")
    parser.add_argument("--server", help="已在运行的服务器地址（演示县）；缺省自行启动一个")
    parser.add_argument("--seed", type=int, default=1, help="随机种子，缺省 1")
    parser.add_argument("--teams", type=int, default=17, help="督查组数，缺省 17")
    parser.add_argument("--visits", type=int, default=2, help="每组到访数，缺省 2")
    parser.add_argument("--fail-rate", type=float, default=0.04, help="不合格应答的比例，缺省 0.04")
    parser.add_argument("--clear", action="store_true", help="线路良好（缺省线路很差）")
    parser.add_argument("--out", type=Path, default=OUT, help=f"半月报等结果的目录，缺省 {OUT}")
    parser.add_argument("--data", type=Path, help="服务器数据目录；缺省为用后即删的临时目录")
    parser.add_argument("--database", help="DUDAO_DATABASE 地址；缺省为数据目录里的 SQLite")
    parser.add_argument("--password", default=PASSWORD, help="演示账号的密码")
    return Options(**vars(parser.parse_args(arguments)))


def _play(options: Options, board: Board, stack: ExitStack) -> Day:
    if options.server:
        day = Day(_plan(options, dt.datetime.now(CHINA), real_time=True), options.server.rstrip("/"), board)
        asyncio.run(_given(day))
        return day
    data = options.data or Path(tempfile.mkdtemp(prefix="dudao-day-"))
    if options.data is None:
        stack.callback(shutil.rmtree, data, ignore_errors=True)
    server = Server(data.resolve(), options.database, MORNING.isoformat())
    stack.callback(server.stop)
    with board.part("启动服务器"):
        server.start()
        board.say(f"{server.url}，业务时间 {MORNING:%Y-%m-%d %H:%M}")
    day = Day(_plan(options, MORNING, real_time=False), server.url, board)
    try:
        asyncio.run(_own(day, server))
    except BaseException:
        shutil.copy(server.log, options.out / "server.log")
        raise
    return day


def _plan(options: Options, start: dt.datetime, *, real_time: bool) -> Plan:
    return Plan(
        seed=options.seed,
        teams=options.teams,
        visits=options.visits,
        fail_rate=options.fail_rate,
        weather=CLEAR if options.clear else BAD,
        password=options.password,
        out=options.out,
        start=start,
        real_time=real_time,
    )


async def _own(day: Day, server: Server) -> None:
    """On a server of our own its clock is set on: to the evening, and to the next morning."""
    try:
        await _first_half(day)
        await _turn(day, server, MORNING + EVENING)
        await _second_half(day)
        await asyncio.gather(*(unit.listener.close() for unit in day.units.values()))
        await _turn(day, server, MORNING + NEXT_MORNING)
        await _end(day)
    finally:
        await day.leave()


async def _given(day: Day) -> None:
    """On a server that was given the whole day happens now."""
    try:
        await _first_half(day)
        await _second_half(day)
        await _end(day)
    finally:
        await day.leave()


async def _turn(day: Day, server: Server, instant: dt.datetime) -> None:
    with day.board.part(f"时间到 {instant:%m-%d %H:%M}（服务器以此时间重新启动）"):
        await asyncio.to_thread(server.restart, instant.isoformat())
        day.turn_to(instant)


async def _first_half(day: Day) -> None:
    with day.board.part("早晨：下达与出发"):
        await day.morning()
    with day.board.part("白天：无信号，现场检查"):
        await day.out()


async def _second_half(day: Day) -> None:
    with day.board.part("傍晚：线路很差，交回成果"):
        await day.attend()
        await day.evening()
    with day.board.part("督导办：审核、通知、整改、销号"):
        await day.approve()
        await day.notify()
        await day.rectify()


async def _end(day: Day) -> None:
    with day.board.part("半月报"):
        await day.compile()
    with day.board.part("核对"), day.board.bar("逐项核对", 5) as bar:
        day.faults += await check(day, bar)


def _sum_up(day: Day, board: Board, seconds: float) -> None:
    lines, tallies = LineCounts(), [crew.tally for crew in day.crews]
    for phone in day.phones:
        lines.add(phone.line.counts)
    retries = sum(phone.session.retries for phone in day.phones)
    resumed = sum(phone.resumed for phone in day.phones)
    operations = sum(len(phone.outbox.done) for phone in day.phones)
    after = sum(len(unit.photos) for unit in day.units.values())
    rows = [
        ("督查组 / 手机", f"{len(day.crews)} / {len(day.phones)}"),
        ("到访", f"{sum(one.visits for one in tallies)} 次"),
        ("应答", f"{sum(one.answers for one in tallies)} 项，{len(day.answer_types())} 种题型"),
        ("问题", f"{sum(one.findings for one in tallies)} 个"),
        ("照片 / 签名", _pictures(day)),
        ("操作", f"{operations} 个，全部由服务器接管"),
        (
            "请求",
            f"{lines.sent}，丢失 {lines.lost}，应答丢失 {lines.unanswered}，重复 {lines.doubled}，中断 {lines.cut}",
        ),
        ("重试 / 续传", f"{retries} / {resumed}"),
        ("整改通知书", f"签发 {len(day.notices)} 份，退回重报 {day.returned} 份，整改照片 {after} 张"),
        ("实时送达", _latency(day.latencies)),
        ("半月报", _issue(day.issue)),
        ("各段用时", "，".join(f"{_short(title)} {spent:.0f} 秒" for title, spent in board.timings)),
        ("总用时", f"{seconds:.1f} 秒"),
    ]
    board.summary(f"{day.plan.day:%Y年%m月%d日} 工作日演练", rows)


def _short(title: str) -> str:
    return title.partition("：")[0].partition("（")[0]


def _pictures(day: Day) -> str:
    tallies = [crew.tally for crew in day.crews]
    total = sum(one.bytes for one in tallies) / 1e6
    return f"{sum(one.photos for one in tallies)} / {sum(one.signatures for one in tallies)}，共 {total:.0f} MB"


def _latency(found: Sequence[float]) -> str:
    if not found:
        return "没有通知书"
    ranked = sorted(found)
    return f"中位 {ranked[len(ranked) // 2]:.2f} 秒，最慢 {ranked[-1]:.2f} 秒"


def _issue(issue: Issue | None) -> str:
    if issue is None:
        return "未生成"
    pages = f"，{issue.told['pdf_pages']} 页" if issue.paper else "（时段未结束，仅汇编草稿）"
    return f"{issue.told['title']}{pages}"


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    out: list[BaseException] = []
    for each in group.exceptions:
        out += _leaves(each) if isinstance(each, BaseExceptionGroup) else [each]
    return out


def _called_off(board: Board, faults: Sequence[BaseException]) -> None:
    """Faults that nobody foresaw are bugs of ours: they keep their traceback."""
    for fault in faults:
        if not isinstance(fault, ServerFault | Refused | LineDown | AssertionError | TimeoutError):
            raise fault
    board.say("演练中止：", "bold red")
    board.faults([str(fault) or type(fault).__name__ for fault in faults])


if __name__ == "__main__":
    sys.exit(main())

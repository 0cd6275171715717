"""The phone around the visit in Chromium: what the office says, what the phone can do, and every way on from trouble."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk.conftest import PASSWORD, OpenPage, browsing
from tests.desk.screens import fine
from tests.desk.test_phone_browser import enter
from tests.foreign.client import Phone, uuid7
from tests.foreign.crew import Crew, answer, applied
from tests.foreign.process import Server

pytestmark = pytest.mark.once

WELL = "全部工作已在服务器上。"
LOW = "navigator.storage.estimate = async () => ({usage: 50e6, quota: 150e6})"
WECHAT = "Mozilla/5.0 (Linux; Android 14; PJD110) AppleWebKit/537.36 Chrome/120.0 Mobile MicroMessenger/8.0.47"
DAMAGE = """(rows) => new Promise((done) => {
    const request = indexedDB.open('dudao');
    request.onsuccess = () => {
        const tx = request.result.transaction(Object.keys(rows), 'readwrite');
        for (const [table, row] of Object.entries(rows)) tx.objectStore(table).put(row);
        tx.oncomplete = () => { request.result.close(); done(); };
    };
})"""

UNSENT = """() => new Promise((done) => { const request = indexedDB.open('dudao'); request.onsuccess = () => {
    const ask = request.result.transaction('ops').objectStore('ops').index('waiting').getAll(1);
    ask.onsuccess = () => { request.result.close(); done(ask.result[0].op); }; }; })"""
"""The id of the one operation that waits."""

Signed = Callable[..., Page]


@pytest.fixture(scope="module")
def crew(server: Server, office: Any) -> Iterator[Crew]:
    """One crew for all of these tests: signing in is what takes long."""
    names = ["t14_lead", "t14_a"]
    leader, member = (Phone(server.base, name) for name in names)
    for phone in (leader, member):
        phone.sign_in()
    school = office.schools.pop()
    assignment = office.assign("T14", names, school["id"], templates=["TY"])
    crew = Crew(leader, member, assignment["id"], school)
    crew.depart()
    yield crew
    for phone in (leader, member):
        phone.close()


@pytest.fixture(scope="module")
def visit(crew: Crew) -> str:
    """A visit of which two phones say different things about one question, with a finding."""
    visit = contradict(crew)
    crew.leader.do("finding", "record", uuid7(), visit=visit, item="TY-02", text="督查人员不足。", answer_key="TY-02")
    applied(crew.leader)
    return visit


@pytest.fixture(scope="module")
def lasting(chromium: Browser, server: Server, crew: Crew) -> Iterator[Page]:
    """The member's phone, in at the gate once for all tests that leave it as it was."""
    with browsing(chromium, server) as open_page:
        page = open_page(width=360, timezone_id="Asia/Shanghai")
        page.set_viewport_size({"width": 360, "height": 640})
        enter(page, crew.member.username)
        yield page


@pytest.fixture
def steady(lasting: Page) -> Iterator[Page]:
    """It again, up to date; what a test makes it believe is forgotten afterwards."""
    expect(lasting.get_by_role("status").first).to_have_text(WELL)
    yield lasting
    lasting.unroute_all()
    lasting.goto("/m/")
    lasting.reload()


@pytest.fixture
def signed(opened: OpenPage, crew: Any) -> Signed:
    """The leader's phone, in at the gate and up to date."""

    def sign_in(**more: Any) -> Page:
        page = opened(width=360, timezone_id="Asia/Shanghai", **more)
        page.set_viewport_size({"width": 360, "height": 640})
        enter(page, crew.leader.username)
        expect(page.get_by_role("status")).to_have_text(WELL)
        return page

    return sign_in


def show(page: Page, screen: str, heading: str) -> None:
    page.evaluate(f"location.hash = '{screen}'")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def contradict(crew: Any) -> str:
    """A visit of which two phones say different things about one question."""
    visit = crew.begun()
    answer(crew.leader, visit, **{"TY-02": 2})
    applied(crew.leader)
    answer(crew.member, visit, **{"TY-02": 3})
    crew.member.push()
    return str(visit)


def hear(page: Page, office: Any) -> None:
    """A new message on this phone."""
    office.call("POST", "/announcements", {"title": "系统维护通知", "body": "本周六晚维护，期间可以离线填写。"})
    show(page, "inbox", "消息")
    expect(page.get_by_role("button", name="未读 有新公告").first).to_be_visible()


def read_on(page: Page) -> None:
    """Work that is only on this phone: a message is read."""
    page.get_by_role("button", name="未读 有新公告").first.click()


def device_of(page: Page) -> str:
    read = """() => new Promise((done) => { const request = indexedDB.open('dudao'); request.onsuccess = () => {
        const ask = request.result.transaction('meta').objectStore('meta').get('identity');
        ask.onsuccess = () => { request.result.close(); done(ask.result.value.device); }; }; })"""
    return str(page.evaluate(read))


def office_row(office: Any, device: str) -> Any:
    return next((row for row in office.listing("/sync/devices") if row["device"] == device), None)


def test_letters_of_another_size_stay_and_problems_and_contradictions_lead_to_their_visit(
    steady: Page, visit: str
) -> None:
    page = steady
    page.get_by_role("tab", name="我的").click()
    page.get_by_role("button", name="最大").click()
    expect(page.get_by_role("button", name="最大")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("html")).to_have_css("font-size", "24px")
    page.get_by_role("button", name="标准").click()
    expect(page.locator("html")).to_have_css("font-size", "16px")
    show(page, "problems", "问题")
    page.get_by_text("督查人员不足。").click()
    expect(page.get_by_role("link", name="打开这次到访")).to_be_visible()
    show(page, "uploads", "上传中心")
    page.get_by_role("button", name="点此核对选定").click()
    expect(page.get_by_role("group", name="填写不一致")).to_be_visible()


def test_what_the_phone_can_do_reaches_the_office(steady: Page, office: Any) -> None:
    page = steady
    show(page, "selfcheck", "本机自检")
    expect(page.get_by_role("status").filter(has_text="结果已报督导办")).to_be_visible()
    told = office_row(office, device_of(page))["self_check"]
    found = {check["name"]: check["health"] for check in told["checks"]}
    assert (told["failing"], found["secure_context"], found["indexed_db"], found["time_zone"]) == (0, *["good"] * 3)
    page.evaluate(LOW)
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_text("只剩95 MB，不能再拍照")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="有1项问题")).to_contain_text("结果已报督导办")
    assert office_row(office, device_of(page))["self_check"]["failing"] == 1


def test_a_message_comes_over_the_socket_is_read_everywhere_and_a_weighty_one_wants_a_word(
    opened: OpenPage, send_crew: Any, office: Any
) -> None:
    crew = send_crew(17)
    page = opened(width=360, timezone_id="Asia/Shanghai")
    enter(page, crew.leader.username)
    page.get_by_role("link", name="条未读消息").click()
    standing = page.get_by_role("status").filter(has_text="消息")
    expect(standing).to_contain_text("新消息马上到达")
    visit = contradict(crew)
    expect(page.get_by_role("button", name="有答案需要选定")).to_be_visible()
    office.call("POST", "/announcements", {"title": "系统维护通知", "body": "本周六晚维护，期间可以离线填写。"})
    expect(page.get_by_role("button", name="有新公告")).to_be_visible()
    page.get_by_text("系统维护通知").first.click()
    expect(page.get_by_text("期间可以离线填写")).to_be_visible()
    page.get_by_role("button", name="全部标为已读").click()
    expect(standing).to_contain_text("1条未读。")
    page.get_by_role("button", name="有答案需要选定").click()
    expect(standing).to_contain_text("1条未读。")
    page.get_by_role("button", name="我已知悉").click()
    expect(standing).to_contain_text("没有未读消息。")
    expect(page.get_by_role("status").first).to_have_text(WELL)
    assert crew.leader.call("GET", "/inbox", unread="true")["items"] == []
    wrong = crew.leader.do("answer", "set", visit, answers={"TY-02": {"value": "许多", "base": 0}})
    assert crew.leader.push()[wrong["op"]]["status"] == "quarantined"
    office.call("POST", f"/sync/reviews/{wrong['op']}/dismiss", {"reason": "已在另一部手机填写。"})
    show(page, "uploads", "上传中心")
    fate = page.get_by_role("region", name="核对结果")
    expect(fate).to_contain_text("未采纳")
    expect(fate).to_contain_text("理由：已在另一部手机填写。")


def test_below_200_mb_no_camera_opens_and_the_way_on_is_told(steady: Page, visit: str, crew: Any) -> None:
    page = steady
    page.evaluate(LOW)
    page.get_by_role("button", name=f"打开到访：{crew.school['name']}").click()
    page.get_by_role("link", name="到访").click()
    page.get_by_role("region", name="单位门头/校门照片").get_by_role("button", name="拍照").first.click()
    expect(page.get_by_role("alert")).to_contain_text("暂停拍照，以免照片丢失。请先联网上传")
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_who_hands_the_phone_over_is_kept_until_the_work_is_sent(
    signed: Signed, crew: Any, office: Any, axe: str
) -> None:
    page = signed()
    hear(page, office)
    page.context.set_offline(True)
    read_on(page)
    show(page, "mine", "我的")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("alert")).to_contain_text("1项填写、0份照片或签名")
    fine(page, axe)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出未发送的工作").click()
    with zipfile.ZipFile(download.value.path()) as taken:
        kept = json.loads(taken.read("work.json"))
    assert [(op["kind"], op["verb"]) for op in kept["ops"]] == [("inbox", "read")]
    refuse(page, kept["ops"][0]["op"])
    page.context.set_offline(False)
    page.get_by_role("button", name="立即发送").click()
    page.get_by_role("button", name="去“上传”页处理").click()
    stuck = page.get_by_role("region", name="需要处理")
    expect(stuck).to_contain_text("这一条内容过大，服务器收不下")
    assert stuck.get_by_role("button", name="移出待传").is_disabled()
    fine(page, axe)
    stuck.get_by_role("checkbox").check()
    stuck.get_by_role("button", name="移出待传").click()
    expect(page.get_by_role("region", name="已移出待传")).to_contain_text("已导出留底")
    expect(page.get_by_role("region", name="已在服务器")).to_contain_text("留底内容的说明")
    show(page, "handover", "换人使用这部手机")
    page.get_by_role("button", name="退出并清除").click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()


def refuse(page: Page, op: str) -> None:
    """A machine on the way lets no message through that carries this operation."""

    def answer(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        if f'"op":"{op}"'.encode() in plain and b'"put_down"' not in plain:
            return route.fulfill(status=413, json={"code": "op_too_large"})
        return route.fallback()

    page.route("**/api/v1/sync/push", answer)


def test_a_revoked_phone_says_so_holds_nothing_of_the_county_and_hands_in_its_own(
    signed: Signed, crew: Any, office: Any, axe: str
) -> None:
    page = signed()
    hear(page, office)
    page.context.set_offline(True)
    read_on(page)
    office.call("POST", f"/devices/{device_of(page)}/revoke")
    refuse(page, page.evaluate(UNSENT))
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("此设备已停用")
    own = page.get_by_role("region", name="未发送的工作")
    expect(own).to_contain_text("先点“导出未发送的工作”")
    with page.expect_download():
        page.get_by_role("button", name="导出未发送的工作").click()
    own.get_by_role("checkbox").check()
    fine(page, axe)
    own.get_by_role("button", name="移出待传").click()
    expect(page.get_by_role("status")).to_contain_text("您的工作已全部上交")
    expect(page.get_by_text(crew.school["name"])).to_have_count(0)
    fine(page, axe)
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()


def test_a_session_that_ended_asks_for_the_password_at_the_same_place_and_work_goes_on(
    steady: Page, office: Any, axe: str
) -> None:
    page = steady
    hear(page, office)
    page.route("**/api/v1/sync/**", lambda route: route.fulfill(status=401, json={"code": "token_invalid"}))
    page.route("**/api/v1/auth/refresh", lambda route: route.fulfill(status=401, json={"code": "session_ended"}))
    read_on(page)
    expect(page.get_by_text("登录已失效，请重新登录。工作照常保存")).to_be_visible()
    fine(page, axe)
    page.unroute("**/api/v1/sync/**")
    page.unroute("**/api/v1/auth/refresh")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text(WELL)
    expect(page.get_by_role("heading", level=1)).to_have_text("消息")


def test_a_server_of_another_version_keeps_the_work_here_and_is_told(steady: Page) -> None:
    page = steady
    page.route("**/api/v1/sync/**", lambda route: route.fulfill(status=404, json={"code": "not_found"}))
    show(page, "uploads", "上传中心")
    page.get_by_role("button", name="立即同步").click()
    expect(page.get_by_role("status")).to_contain_text("服务器与应用的版本不一致，工作先保存在手机上")


def test_damaged_downloads_come_anew_and_a_damaged_outbox_is_taken_out_before_it_goes(signed: Signed, axe: str) -> None:
    page = signed()
    page.evaluate(DAMAGE, {"base": {"key": "visit/x", "scope": "s"}})
    page.reload()
    expect(page.get_by_text("下载的数据有损坏，已清除")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(WELL)
    page.evaluate(DAMAGE, {"ops": {"key": "000000000001", "waiting": 1, "shown": 1, "n": 1}})
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("手机里的数据库打不开")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出能读出的内容").click()
    assert json.loads(download.value.path().read_text())["tables"]["ops"][0]["waiting"] == 1
    page.get_by_role("checkbox").check()
    fine(page, axe)
    page.get_by_role("button", name="重建数据库").click()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()


def test_without_https_and_outside_the_home_screen_the_phone_says_what_to_do(
    opened: OpenPage, crew: Any, axe: str
) -> None:
    page = opened(width=360, user_agent=WECHAT.split(" MicroMessenger")[0])
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {get: () => false})")
    page.goto("/m/")
    expect(page.get_by_text("此地址未加密，手机不允许离线使用和拍照")).to_be_visible()
    fine(page, axe)
    enter(page, crew.leader.username)
    expect(page.get_by_text("此地址未加密，手机不允许离线使用和拍照")).to_be_visible()
    fine(page, axe)
    page.get_by_role("link", name="怎样添加").click()
    expect(page.get_by_text("选“安装应用”或“添加到主屏幕”。")).to_be_visible()
    page.get_by_role("tab", name="今日").click()
    page.get_by_role("button", name="不再提示").click()
    expect(page.get_by_role("link", name="怎样添加")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("今日")
    expect(page.get_by_role("link", name="怎样添加")).to_have_count(0)


def test_wechat_is_a_doorway_and_a_first_download_that_stops_says_why(opened: OpenPage, crew: Any, axe: str) -> None:
    page = opened(width=360, user_agent=WECHAT)
    page.goto("/m/")
    expect(page.get_by_role("heading", level=1)).to_have_text("请在浏览器打开")
    fine(page, axe)
    page = opened(width=360, timezone_id="Europe/Lisbon")
    page.route("**/api/v1/sync/pull", lambda route: route.abort())
    enter(page, crew.leader.username)
    expect(page.get_by_role("heading", level=1)).to_have_text("首次准备")
    expect(page.get_by_role("alert")).to_contain_text("暂时连不上服务器")
    fine(page, axe)
    page.unroute("**/api/v1/sync/pull")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今日")
    expect(page.get_by_text("手机时区不是北京时间")).to_be_visible()

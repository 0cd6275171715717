"""At the gate, inside and about the task itself: what an inspector does without a network, and the server's rows of it."""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from backend.inspections.rules.class_draw import SchoolClass, draw, seed_of
from tests.desk.conftest import OpenPage
from tests.desk.handset import drafted
from tests.desk.screens import fine
from tests.desk.test_phone_browser import enter
from tests.desk.test_phone_visit_browser import ANSWERED, begin, of, question, sign, synced, take
from tests.foreign.client import uuid7
from tests.foreign.crew import applied, submit
from tests.foreign.office import today

pytestmark = pytest.mark.once

FOUND = "到场仅一名人员。"
SITE = "阳光花园3栋疑似培训点"
ALARM = "一名学生中暑，已拨打120。"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "现场.jpg"
    Image.effect_noise((800, 600), 60).convert("RGB").save(path, "JPEG", quality=80)
    return path


def offline_at_school(opened: OpenPage, crew: Any) -> Page:
    """The leader's phone at the school, its county downloaded, without a network."""
    place = crew.school["location"]
    position = {"longitude": place["lng"], "latitude": place["lat"], "accuracy": 20}
    page = opened(geolocation=position, permissions=["geolocation"])
    enter(page, crew.leader.username)
    expect(page.get_by_role("article", name=crew.school["name"])).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    return page


def online(page: Page) -> None:
    page.context.set_offline(False)
    page.get_by_role("button", name=re.compile("^返回")).click()
    synced(page)


def hand_in(page: Page) -> None:
    """What came too late for the submission waits for somebody's word, on the server."""
    page.context.set_offline(False)
    press(page, "返回")
    page.get_by_role("tab", name="上传").click()
    press(page, "立即同步")
    expect(page.get_by_role("status")).to_have_text(ANSWERED, timeout=30_000)
    expect(card(page, "等待核对")).to_contain_text("补充内容须由组长确认后附入。", timeout=30_000)


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look_at_the_card(page: Page, school: Any) -> None:
    press(page, f"任务卡：{school['name']}")
    expect(page.get_by_role("heading", name=school["name"], level=1)).to_be_visible()
    press(page, "从我的位置看方向")
    expect(page.get_by_text(re.compile("^从这里往.+方向，直线约50米。$"))).to_be_visible()
    expect(card(page, "上次的问题")).to_contain_text("没有尚未销号的问题。")
    press(page, "返回今日")


def be_let_in(page: Page, axe: str) -> None:
    gate = card(page, "进入")
    gate.get_by_role("button", name="已进入").click()
    gate.get_by_role("button", name="值班负责人").click()
    drafted(page, "值班负责人")
    page.reload()  # what was typed is still there
    expect(gate.get_by_label("其他职务")).to_have_value("值班负责人")
    expect(gate.get_by_text("进入前应出示督学证。")).to_be_visible()
    fine(page, axe)
    gate.get_by_role("button", name="已向对方出示督学证").click()
    gate.get_by_role("button", name="登记进入").click()
    expect(gate).to_contain_text("已进入，已出示督学证，已告知值班负责人。")


def draw_classes(page: Page, axe: str) -> list[list[str]]:
    """Draw from the classes of grades one and two; the pupil numbers on the screen, by class."""
    page.get_by_role("link", name=re.compile("^抽取班级和学号")).click()
    for grade in "三四五六":
        row = card(page, f"{grade}年级")
        while row.get_by_role("button", name="减一个班").is_enabled():
            row.get_by_role("button", name="减一个班").click()
    card(page, "一年级").get_by_label("一年级每班人数").fill("31")
    card(page, "一年级").get_by_label("一年级每班人数").blur()
    drafted(page, '"size":31')
    page.reload()
    expect(card(page, "一年级").get_by_label("一年级每班人数")).to_have_value("31")
    press(page, "2个班")
    press(page, "3名")
    page.get_by_role("button", name=re.compile("^从.*个班中抽取$")).click()
    drawn = card(page, "第1次抽取")
    expect(drawn).to_be_visible()
    fine(page, axe)
    shown = [each.get_by_role("listitem").all_text_contents() for each in drawn.get_by_role("list").all()]
    press(page, "返回清单")
    return shown


def fix_on_the_spot(page: Page, witness: str, photo: Path, axe: str) -> None:
    page.get_by_role("link", name=re.compile("^到访")).click()
    people = question(page, "督查组到场人数")
    people.get_by_role("textbox").first.fill("1")
    people.get_by_label("问题描述").fill(FOUND)
    people.get_by_role("button", name="记录问题").click()
    people.get_by_role("button", name=f"现场已改好：{FOUND}").click()
    for side in ("整改前", "整改后"):
        take(page, card(page, side), f"拍{side}", photo)
    people.get_by_role("button", name=witness).click()
    fine(page, axe)
    press(page, "登记即知即改")
    expect(people.get_by_text(f"即知即改，已由{witness}确认。")).to_be_visible()
    press(page, "返回清单")


def raise_alarm(page: Page, axe: str) -> None:
    page.get_by_role("link", name="紧急上报（有危险）").click()
    press(page, "学生受伤或突发疾病")
    page.get_by_label("补充情况").fill(ALARM)
    press(page, "立即上报")
    expect(page.get_by_role("alert")).to_contain_text("上报还没有送出")
    fine(page, axe)
    press(page, "返回")


def report_a_site(page: Page) -> None:
    press(page, "返回")
    press(page, "上报疑似违规点")
    page.get_by_label("叫什么").fill(SITE)
    page.get_by_label("在哪里").fill("阳光花园3栋2单元")
    press(page, "记下现在的位置")
    expect(page.get_by_text(re.compile("^已记下定位"))).to_be_visible()
    press(page, "民宅内上课")
    press(page, "上报")
    expect(page.get_by_text("只有您、组长和督导办能看到。")).to_be_visible()
    press(page, "立即检查")
    expect(page.get_by_role("heading", name=SITE, level=1)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^到访"))).to_be_visible()


def test_entry_draw_fix_alarm_and_a_suspected_site_reach_the_server_as_they_were_made_offline(
    opened: OpenPage,
    office: Any,
    send_crew: Any,
    photo: Path,
    axe: str,
) -> None:
    crew = send_crew(13)
    member = {"id": crew.member.user["id"], "name": crew.member.user["name"]}
    page = offline_at_school(opened, crew)
    look_at_the_card(page, crew.school)
    begin(page, crew.school["name"])
    be_let_in(page, axe)
    shown = draw_classes(page, axe)
    fix_on_the_spot(page, member["name"], photo, axe)
    raise_alarm(page, axe)
    report_a_site(page)
    online(page)

    crew.leader.pull()
    [(visit, doc)] = of(crew, "visit", "assignment", crew.assignment).items()
    entry = doc["entry"]
    assert (entry["admitted"], entry["certificates_shown"], entry["informed"]) == (True, True, "值班负责人")
    [drawn] = doc["draws"]
    again = draw(seed_of(visit, 1), [SchoolClass(*one) for one in drawn["from"]], 2, 3)
    assert [list(one.pupils) for one in again] == [one["pupils"] for one in doc["sample"]]
    assert [[str(number) for number in one.pupils] for one in again] == shown
    assert {(one[0], one[2]) for one in drawn["from"] if one[0] == 1} == {(1, 31)}
    [found] = of(crew, "finding", "visit", visit).values()
    pictures = of(crew, "evidence", "visit", visit)
    assert (found["state"], found["on_spot"]["confirmed_by"]) == ("rectified_on_spot", member["id"])
    assert {*found["on_spot"]["before"], *found["on_spot"]["after"]} == {*pictures}
    assert {row["state"] for row in pictures.values()} == {"verified"}
    told = [row for row in office.call("GET", "/inbox")["items"] if row["kind"] == "visit.alarm"]
    assert [ALARM in row["body"] for row in told if row["subject"]["id"] == visit] == [True]
    [site] = [row for row in crew.leader.store.all("target").values() if row["name"] == SITE]
    assert (site["kind"], site["address"], site["status"]) == ("suspected_site", "阳光花园3栋2单元", "民宅内上课")
    [own] = [row for row in crew.leader.store.all("assignment").values() if row["own"]]
    assert (own["target_name"], own["state"]) == (SITE, "departed")
    settle_a_contradiction(page, crew, visit, axe)


def settle_a_contradiction(page: Page, crew: Any, visit: str, axe: str) -> None:
    """The other of the crew has counted differently; whoever looks at both answers decides."""
    crew.member.pull()
    rival = crew.member.do("answer", "set", visit, answers={"TY-02": {"value": 2, "base": 0, "note": "另一人在校门口"}})
    assert crew.member.push()[rival["op"]]["status"] == "conflict"
    synced(page)
    press(page, f"打开到访：{crew.school['name']}")
    page.get_by_role("link", name=re.compile("^到访")).click()
    both = question(page, "督查组到场人数").get_by_role("group", name="填写不一致")
    expect(both.get_by_role("button")).to_have_text(
        [re.compile("保留我 .*填写的：1人"), re.compile(".*：2人，备注：另一人在校门口")]
    )
    fine(page, axe)
    both.get_by_role("button").last.click()
    expect(both).to_have_count(0)
    press(page, "返回清单")
    online(page)
    crew.leader.pull()
    doc = crew.leader.store.document("visit", visit)
    assert (doc["answers"]["TY-02"]["value"], doc["answers"]["TY-02"]["note"], doc["conflicts"]) == (
        2,
        "另一人在校门口",
        {},
    )


def test_a_crew_that_was_refused_submits_with_two_signatures_and_adds_what_it_learned_later(
    opened: OpenPage, office: Any, send_crew: Any, axe: str
) -> None:
    crew = send_crew(14)
    page = offline_at_school(opened, crew)
    begin(page, crew.school["name"])
    gate = card(page, "进入")
    gate.get_by_role("button", name="被拒绝进入").click()
    gate.get_by_role("button", name="门卫").click()
    gate.get_by_label("拒绝进入的情形").fill("称校长外出，不开门。")
    gate.get_by_role("button", name=crew.member.user["name"]).click()
    gate.get_by_role("button", name="登记被拒绝").click()
    expect(gate).to_contain_text("被拒绝进入（门卫）")
    press(page, "离场检查")
    press(page, "去补第一项")
    sign(page, "督查员签字")
    sign_once_more(page)
    press(page, "离场检查")
    press(page, "提交")
    page.get_by_role("link", name="补录").click()
    page.get_by_label("要补充的内容").fill("校长来电，称门卫不知情。")
    press(page, "补录说明")
    expect(card(page, "已补录")).to_contain_text("只在这部手机上")
    fine(page, axe)
    press(page, "返回清单")
    hand_in(page)

    crew.leader.pull()
    [(visit, doc)] = of(crew, "visit", "assignment", crew.assignment).items()
    assert (doc["state"], doc["entry"]["admitted"], doc["entry"]["witness"]) == (
        "submitted",
        False,
        crew.member.user["id"],
    )
    assert len(doc["signatures"]["inspectors"]) == 2
    [late] = [row for row in office.call("GET", "/sync/reviews")["items"] if row["context"]["visit"] == visit]
    office.call("POST", f"/sync/reviews/{late['op']}/accept", {"reason": "情况属实"})
    synced(page)
    press(page, f"打开到访：{crew.school['name']}")
    page.get_by_role("link", name="补录").click()
    expect(card(page, "已补录")).to_contain_text("补充说明：校长来电，称门卫不知情。已附在第1轮记录后")


def sign_once_more(page: Page) -> None:
    """The second of the crew, on the same phone."""
    press(page, "再加督查员签字")
    pad = page.get_by_role("img", name="签名板：督查员签字")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=4)
    page.mouse.up()
    press(page, "确认签名")
    expect(page.get_by_role("heading", name="督查员签字（2）")).to_be_visible()


def test_somebody_tied_to_the_school_declares_it_before_departure_and_the_task_leaves_the_phone(
    opened: OpenPage, office: Any, send_crew: Any, axe: str
) -> None:
    crew = send_crew(15, depart=False)
    page = offline_at_school(opened, crew)
    press(page, f"任务卡：{crew.school['name']}")
    press(page, "申报回避")
    press(page, "配偶、父母、子女在该单位任职")
    fine(page, axe)
    drafted(page, "family_employed")
    page.reload()
    press(page, "确认申报回避")
    expect(card(page, "回避")).to_contain_text("已申报回避")
    online(page)
    expect(page.get_by_role("article", name=crew.school["name"])).to_have_count(0)
    crew.leader.pull()
    assert crew.assignment not in crew.leader.store.all("assignment")
    told = [row for row in office.call("GET", "/inbox")["items"] if row["kind"] == "recusal.declared"]
    assert crew.assignment in [row["subject"]["id"] for row in told]


def reported(office: Any, sign_in: Any, crew: Any) -> str:
    """A finding of this crew that its school has been told to rectify and says it did; its id."""
    visit, finding = crew.begun(), uuid7()
    crew.leader.do("finding", "record", finding, visit=visit, item="TY-02", text=FOUND)
    applied(crew.leader)
    crew.leader.pull()
    submit(crew.leader, visit)
    applied(crew.leader)
    office.call("POST", f"/visits/{visit}/approve", {})
    notice = office.call("POST", "/notices", {"visit": visit})["id"]
    office.call("POST", f"/notices/{notice}/review", {})
    office.sign(notice)
    school = sign_in(crew.school["code"].lower())
    school.call("POST", f"/unit/notices/{notice}/acknowledge")
    [row] = school.call("GET", f"/unit/notices/{notice}")["items"]
    done = {"cause": "排班疏漏", "measure": "补足人手", "responsible_role": "校长", "result": "已改"}
    school.call(
        "POST", f"/unit/notices/{notice}/report", {"parts": [{"item": row["id"], "finished_on": today(), **done}]}
    )
    return finding


def test_a_visit_begun_at_the_wrong_school_is_filed_where_a_review_waits_and_decides_what_was_open(
    opened: OpenPage, office: Any, send_crew: Any, sign_in: Any, axe: str
) -> None:
    first = send_crew(16)
    finding = reported(office, sign_in, first)
    crew, wrong = send_crew(17, school=first.school, kind="review_visit"), send_crew(17)
    page = offline_at_school(opened, crew)
    press(page, f"任务卡：{crew.school['name']}")
    expect(card(page, "上次的问题")).to_contain_text(f"{FOUND}一般")
    press(page, "返回今日")
    begin(page, wrong.school["name"])
    page.get_by_role("link", name=re.compile("^更多操作")).click()
    form = page.get_by_role("form", name="选错单位")
    form.get_by_role("button", name=f"任务：{crew.school['name']}").click()
    form.get_by_label("原因").fill("到错学校。")
    fine(page, axe)
    form.get_by_role("button", name="改挂", exact=True).click()
    expect(page.get_by_role("heading", name=crew.school["name"], level=1)).to_be_visible()
    page.get_by_role("link", name="复查上次的问题").click()
    press(page, "基本整改")
    page.get_by_label("还差什么").fill("仍仅一人到场。")
    fine(page, axe)
    press(page, "保存复查结论")
    expect(card(page, "上次的问题")).to_contain_text("退回重改")
    press(page, "返回清单")
    online(page)
    crew.leader.pull()
    [doc] = of(crew, "visit", "assignment", crew.assignment).values()
    assert (doc["kind"], [one["assignment"] for one in doc["refiled"]]) == ("review_visit", [wrong.assignment])
    assert crew.leader.store.document("finding", finding)["state"] == "returned"
    assert crew.leader.store.document("assignment", wrong.assignment)["state"] != "done"

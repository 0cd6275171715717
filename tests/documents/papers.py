"""Papers with invented content for the tests: a full period, an empty one, a notice."""

import io
import random
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache

from PIL import Image, ImageDraw

from backend.documents.bulletin_data import (
    Bulletin,
    CategoryCount,
    CoveragePoint,
    Distribution,
    DistrictRectification,
    Figure,
    GradeHomework,
    Indicator,
    IndicatorForm,
    IndicatorGroup,
    LateItem,
    LedgerRow,
    Masthead,
    Section,
    Signers,
    Subsection,
    TeamRow,
    TipCounts,
    TypicalCase,
    Verification,
)
from backend.documents.notice_data import InspectionFacts, NoticeFinding, RectificationNotice
from backend.documents.photo_data import Photo
from backend.documents.table_data import Column, TableData

CHINA = timezone(timedelta(hours=8))
OFFICE = "云川县人民政府教育督导委员会办公室"
ISSUED = datetime(2026, 3, 17, 9, 30, tzinfo=CHINA)
GRADES = "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级".split()
DISTRICTS = "城关 东河 西坪 南溪 北岭 石桥 柳林 白水 青山 龙泉 平安 双河 大营 三岔 高台".split()


def photo(caption: str = "作业公示栏（改前）", size: tuple[int, int] = (900, 640)) -> Photo:
    """A drawn picture, not a photograph of anybody."""
    picture = Image.new("RGB", size, (206, 214, 222))
    pen = ImageDraw.Draw(picture)
    pen.rectangle(
        (size[0] // 5, size[1] // 6, size[0] * 4 // 5, size[1] * 4 // 5),
        fill=(250, 250, 246),
        outline=(90, 90, 90),
        width=6,
    )
    for line in range(6):
        y = size[1] // 4 + line * size[1] // 11
        pen.line((size[0] // 4, y, size[0] * 3 // 4, y), fill=(130, 130, 140), width=8)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return Photo(target.getvalue(), caption)


def snapshot(number: int, size: tuple[int, int] = (1600, 1200)) -> Photo:
    """An approved copy as rich in detail as a photograph, and of nothing: noise in several grains."""
    rng = random.Random(number)
    picture = Image.new("RGB", size)
    for grain, weight in ((8, 0.6), (40, 0.35), (320, 0.22), (1280, 0.05)):
        width, height = max(1, grain * size[0] // 1280), max(1, grain * size[1] // 1280)
        layer = Image.frombytes("RGB", (width, height), rng.randbytes(3 * width * height))
        picture = Image.blend(picture, layer.resize(size, Image.Resampling.BICUBIC), weight)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=82)
    return Photo(target.getvalue(), f"现场照片{number}")


@cache
def fullest_bulletin() -> Bulletin:
    """The full period with eight photographs of four places."""
    data = full_bulletin()
    cases = tuple(
        replace(
            data.cases[at % 3],
            place=f"{DISTRICTS[at]}学区中心小学",
            photos=(snapshot(2 * at + 1), snapshot(2 * at + 2, (1200, 1600))),
        )
        for at in range(4)
    )
    return replace(data, cases=cases)


def masthead() -> Masthead:
    """Issue 5 of 2026."""
    return Masthead(OFFICE, date(2026, 3, 17), 5, 29)


def empty_bulletin() -> Bulletin:
    """A period in which nothing happened."""
    return Bulletin(masthead(), date(2026, 3, 1), date(2026, 3, 15), ISSUED, datetime(2026, 3, 16, tzinfo=CHINA))


def full_bulletin() -> Bulletin:
    """A period in which much happened."""
    return Bulletin(
        masthead=masthead(),
        period_start=date(2026, 3, 1),
        period_end=date(2026, 3, 15),
        issued_at=ISSUED,
        data_cut=datetime(2026, 3, 16, tzinfo=CHINA),
        figures=(
            Figure("督查次数", 214, "次", 198),
            Figure("覆盖率", 92.3, "%", 88.1, 1),
            Figure("发现问题", 87, "个", 102),
            Figure("严重及一票否决", 6, "个", 6),
            Figure("按期销号率", 81.5, "%", None, 1),
            Figure("满意率", None, "%", 90.2, 1),
        ),
        inspection=_inspection(),
        teams=tuple(_team(at) for at in range(1, 18)),
        coverage=tuple(_coverage(day) for day in range(1, 16)),
        in_school=_in_school(),
        findings_by_category=tuple(
            CategoryCount(name, count)
            for name, count in (
                ("作业管理", 31),
                ("课后服务", 18),
                ("五项管理", 14),
                ("教学行为", 11),
                ("考试管理", 8),
                ("教师行为", 5),
            )
        ),
        homework=tuple(
            GradeHomework(grade, minutes, limit, 120)
            for grade, minutes, limit in zip(
                GRADES, (0, 4, 52.5, 58, 63.5, 59.2, 84, None, 96.3), (0, 0, 60, 60, 60, 60, 90, 90, 90), strict=True
            )
        ),
        out_of_school=_out_of_school(),
        cases=_cases(),
        good_practices=(
            TypicalCase(
                "东河学区某小学", "建立“作业熔断”机制，21时后未完成的作业经家长签字可不再完成，作业总量一周一公示"
            ),
            TypicalCase(
                "北岭学区某中学", "课后服务实行“基础托管＋社团选修”，参与率由78%升至96%，周满意度调查随机抽取50名学生"
            ),
        ),
        rectification=Section(("本期新增问题87个，按期销号64个，逾期7个，反弹2个。反弹问题保留原编号，加倍复查。",)),
        districts=tuple(_district(at, name) for at, name in enumerate(DISTRICTS)),
        late_items=tuple(
            LateItem(
                f"{name}学区中心小学",
                f"云督整〔2026〕{at + 3}号",
                "作业总量公示与实际布置不一致",
                date(2026, 3, 4 + at),
                11 - at,
                "发催办单",
            )
            for at, name in enumerate(DISTRICTS[:7])
        ),
        tips=TipCounts(
            23, 21, 17, 6, (CategoryCount("违规补课", 9), CategoryCount("作业过多", 8), CategoryCount("收费", 6))
        ),
        next_steps=Section(
            (
                "一是对逾期的7个问题逐一发督办单，3日内未整改的由督导委员会办公室约谈主要负责人。",
                "二是3月下旬开展校外培训机构“回头看”，重点核查隐形变异培训和预收费资金监管账户余额。",
            )
        ),
        indicator_form=form(),
        ledger=tuple(_ledger_row(at) for at in range(48)),
        distribution=Distribution(
            ("县委教育工作领导小组", "县政府分管领导"),
            ("“双减”工作联席会议成员单位",),
            ("各督查组", "各片区督导站", "各学校"),
            60,
        ),
        signers=Signers("督导室主任", "督导室副主任", ""),
        verification=Verification("9f" * 32, "YC-2026-05-7K3M", "https://dudao.invalid/v/YC-2026-05-7K3M", "3c" * 32),
    )


def _inspection() -> Section:
    return Section(
        (
            "3月1日至15日，17个督查组按“四不两直”方式完成督查214次，覆盖学校118所、校外培训机构63家，双督查机制两条轨道均到位的单位占比92.3%。",
            "本期抽取采用“双随机”方式，抽取记录已封存备查；因利害关系回避更换督查员6人次。",
        )
    )


def _team(at: int) -> TeamRow:
    return TeamRow(
        f"第{at}督查组", 12 + at % 4, 11 + at % 3, 40 + at * 3, 3 + at % 5, None if at == 9 else 90.5 + at % 7
    )


def _coverage(day: int) -> CoveragePoint:
    return CoveragePoint(
        date(2026, 3, day), None if day == 8 else round(day * 6.1 + (day % 3), 1), round(day * 100 / 15, 1)
    )


def _in_school() -> Section:
    return Section(
        subsections=(
            Subsection(
                "作业管理",
                (
                    "检查学校118所，作业公示率97.5%，书面作业达到“一、二年级不布置书面家庭作业，三至六年级不超过60分钟，初中不超过90分钟”要求的106所，占89.8%。",
                    "主要问题是公示内容与实际布置不一致、节假日作业量偏大、要求家长检查批改作业。",
                ),
            ),
            Subsection(
                "课后服务", ("开展“5＋2”课后服务的学校116所，学生参与率94.1%；仍有2所学校利用课后服务时间讲授新课。",)
            ),
            Subsection("五项管理", ("手机统一保管达标率95.8%，睡眠时间达标率88.1%，校园阅读活动开展率100%。",)),
        )
    )


def _out_of_school() -> Section:
    columns = (
        Column("类别", 2),
        Column("检查（家）", 1.2),
        Column("处置（家）", 1.2),
        Column("隐形变异", 1.2),
        Column("余额低于最低限", 1.6),
    )
    rows = (("学科类", 5, 1, 3, 0), ("体育类", 19, 2, 0, 2), ("艺术类", 31, 3, 1, 4), ("科技类", 8, 0, 0, 1))
    return Section(
        ("检查校外培训机构63家，处置6家；核查疑似隐形变异培训线索9条，查实4条，均已移送联席会议成员单位处理。",),
        tables=(TableData("校外培训机构检查情况", columns, rows, "注：余额指预收费资金监管账户余额。"),),
    )


def _cases() -> tuple[TypicalCase, ...]:
    basis = "《义务教育学校管理标准》第3.2条"
    return (
        TypicalCase(
            "西坪学区中心小学", "3月5日检查，五年级（2）班数学书面作业平均78分钟，超过上限18分钟，作业公示栏未按周更新",
            basis, "已发整改通知书，限3日内整改", "严重", (photo(), photo("作业公示栏（改后）", (640, 900))),
        ),
        TypicalCase("某小学", "一年级布置书面家庭作业3次，教师解释为“自愿完成”", basis, "已当场纠正", "一般"),
        TypicalCase("某培训机构", "以“研学托管”名义在居民楼内开展学科类培训，现场学生12人、教师2人", "《校外培训行政处罚暂行办法》第十七条", "已移送查处", "一票否决"),
    )  # fmt: skip


def odd_table(text: str) -> TableData:
    """A table that says ``text`` wherever a table can."""
    return TableData(text, (Column(text), Column(text)), ((text, text * 40), (text, None)), note=text)


def _district(at: int, name: str) -> DistrictRectification:
    return DistrictRectification(
        f"{name}学区", 3 + at * 7 % 11, at * 3 % 5, at % 3 if at % 4 else 0, at % 2, 2 + at % 6
    )


def form() -> IndicatorForm:
    """Annex 1 with shares for most indicators and none for the last of a group."""
    names = {
        "基本情况": ("义务教育学校（所）", "学科类培训机构（家）", "其中：线上机构（家）", "其中：线下机构（家）"),
        "作业管理": ("建立作业公示制度的学校（所）", "书面作业时间达标的学校（所）", "不给家长布置作业的学校（所）"),
        "课后服务": ("开展课后服务的学校（所）", "服务时间达标的学校（所）", "落实经费保障的县（区）（个）"),
        "审批登记": ("“营改非”完成的线下机构（家）", "备案改审批的线上机构（家）", "压减机构（家）"),
        "培训监管": ("节假日开班的学科类机构（家）", "清理整治的机构（家）", "使用合同示范文本的机构（家）"),
        "收费监管": ("执行政府指导价的机构（家）", "预收费纳入资金监管的机构（家）"),
        "广告管控": ("查处违规广告（条）",),
        "举报处理": ("收到举报（件）", "办结举报（件）"),
    }
    groups = tuple(
        IndicatorGroup(
            group,
            tuple(
                Indicator(item, 118 - at * 7, 97.5 - at * 3.2) if at < 3 else Indicator(item)
                for at, item in enumerate(items)
            ),
        )
        for group, items in names.items()
    )
    return IndicatorForm(groups, OFFICE)


def _ledger_row(at: int) -> LedgerRow:
    unit = f"{DISTRICTS[at % 15]}学区{'中心小学' if at % 3 else '第一初级中学'}"
    state, closed = ("已销号", date(2026, 3, 12)) if at % 3 else ("整改中", None)
    severity = ("一般", "较重", "严重")[at % 3]
    return LedgerRow(
        f"云督整〔2026〕{at + 1}号",
        unit,
        "作业总量公示不及时，未做到按周更新",
        severity,
        date(2026, 3, 20),
        state,
        closed,
    )


def notice() -> RectificationNotice:
    """A notice with two findings and two photos."""
    return RectificationNotice(
        agency_name=OFFICE,
        document_number="云督整〔2026〕17号",
        main_recipient="云川县西坪学区中心小学",
        document_date=date(2026, 3, 13),
        issued_at=datetime(2026, 3, 13, 16, 0, tzinfo=CHINA),
        inspection=InspectionFacts(date(2026, 3, 12), "县督查组第六组", "未事先通知", "作业管理、课后服务和五项管理落实情况"),
        findings=(
            NoticeFinding("五年级（2）班3月9日至11日数学书面作业平均78分钟，超过60分钟上限。", "《关于加强义务教育学校作业管理的通知》第二条", "严重", date(2026, 3, 16), "P-HW-03", ("E01", "E02")),
            NoticeFinding("作业公示栏自2月26日起未更新。", "《关于加强义务教育学校作业管理的通知》第八条", "一般", date(2026, 3, 28), "P-HW-01", ("E03",)),
        ),
        requirements=("立即压减书面作业总量，由教导处逐日审核并公示。", "举一反三，对全校各年级作业情况开展自查。"),
        feedback=("请在各项时限届满前通过督查系统提交整改报告，并报送加盖公章的书面报告一式两份。",),
        rights=("对上述问题认定有异议的，可在收到本通知书之日起5日内提出书面申辩并附证明材料。",),
        consequences=("逾期未整改或整改不到位的，将依照《教育督导条例》和《教育督导问责办法》处理。",),
        responsible="校长",
        attachments=("证据照片页", "检查条目表"),
        copy_to=("基础教育科", "第三片区督导站", "西坪学区"),
        photos=(photo("E01 五年级（2）班作业记录"), photo("E03 作业公示栏", (640, 900))),
    )  # fmt: skip

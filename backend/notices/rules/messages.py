"""Every message the product sends to people, in one table.

`audience` says who may receive it: people of an inspected unit get only what is marked `UNIT`, and nothing else ever
reaches them, not even a neutral sentence, because a badge that moves already tells that something is going on
(workflow.md section 12). People in the field are told that there is work, never where (「您有新任务」 only).

A name in braces is taken from the message's `detail`; a sentence whose names are not all there is left out.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Audience(enum.Enum):
    STAFF = "staff"
    UNIT = "unit"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message: the title and body that its reader sees."""

    title: str
    body: str = ""
    audience: Audience = Audience.STAFF
    acknowledge: bool = False
    """Whether its reader has to confirm it, beside reading."""

    def title_for(self, detail: Mapping[str, Any]) -> str:
        return _filled(self.title, detail)

    def body_for(self, detail: Mapping[str, Any]) -> str:
        return _filled(self.body, detail)


NEUTRAL = Template("您有一条新消息", "请打开督导系统查看。")
"""For kinds that the table does not know, and only for people who are not of an inspected unit."""

TASK = Template("您有新任务", "请打开督导应用查看。")
"""All that a lock screen may ever show of a plan, a draw or a visit."""

TEMPLATES: dict[str, Template] = {
    "assignment.cancelled": Template("您的任务有变动", "请打开督导应用查看。"),
    "visit.submitted": Template("有检查记录待审核", "请打开督导系统查看。"),
    "visit.returned": Template("有检查记录被退回", "请打开督导应用查看退回意见。"),
    "visit.approved": Template("检查记录已审核通过", "可以起草整改通知书。"),
    "visit.alarm": Template("紧急情况报告", "{target}：{text}", acknowledge=True),
    "visit.refused": Template("有检查被拒绝", "请打开督导系统查看。"),
    "visit.refiled": Template("有检查改挂到其他单位", "请打开督导应用查看。"),
    "crew.left": Template("有组员中途退出", "请打开督导系统查看。"),
    "finding.veto_confirmed": Template("一票否决已认定", "请打开督导系统查看。"),
    "finding.veto_lifted": Template("一票否决未予认定", "请打开督导系统查看。"),
    "finding.relapsed": Template("复查发现问题反弹", "请打开督导系统，将整改通知书重新打开。"),
    "visit.cancelled": Template("有检查被取消", "请打开督导系统查看。"),
    "assignment.declined": Template("有任务被退回", "请打开督导系统重新安排。"),
    "plan.opened": Template("下月督查计划已拟好草稿", "请打开督导系统完善后报审。"),
    "plan.submitted": Template("有督查计划待审批", "请打开督导系统查看。"),
    "plan.returned": Template("督查计划被退回", "请打开督导系统查看退回意见。"),
    "plan.approved": Template("督查计划已批准", "请打开督导系统安排任务后下达。"),
    "recusal.declared": Template("有人申请回避", "请打开督导系统查看。"),
    "conflict.declared": Template("有人申报利害关系", "请打开督导系统审定。"),
    "conflict.decided": Template("您的回避事项已有决定", "请打开督导系统查看。"),
    "answer.conflict": Template("有答案需要选定", "同一条目有两种记录，请打开督导应用选定。"),
    "target.reported": Template("有人上报疑似无证点", "请打开督导系统查看。"),
    "operation.held": Template("有操作等待超过24小时", "共{count}项，请打开督导系统处理。"),
    "operation.quarantined": Template("有操作需要核对", "共{count}项，请打开督导系统处理。"),
    "operation.error": Template("有操作未能处理", "共{count}项，内容已保存，请打开督导系统查看。"),
    "operation.id_reused": Template("有操作编号重复", "共{count}项，内容已保存，请打开督导系统处理。"),
    "operation.undecided": Template("有操作超过24小时未核对", "共{count}项，请督导办处理。"),
    "operation.accepted": Template("您的一项操作已被采纳", "请打开督导应用查看。"),
    "operation.refiled": Template("您的一项操作已改挂采纳", "请打开督导应用查看。"),
    "operation.dismissed": Template("您的一项操作未被采纳", "请打开督导应用查看理由。"),
    "notice.drafted": Template("有整改通知书草稿待审核", "{team}已起草。"),
    "notice.reviewed": Template("整改通知书待签发", "主送单位：{unit}。"),
    "notice.issued": Template("收到整改通知书", "{number}，请在 1 个工作日内签收，并按期整改。", Audience.UNIT),
    "notice.issued_copy": Template("抄送：整改通知书", "{unit}的{number}已签发。"),
    "notice.paper_copy": Template("抄送：督办文书", "{unit}办理{number}，{title}{paper}已印发。"),
    "notice.acknowledged": Template("整改通知书已签收", "{unit}已签收{number}。"),
    "notice.defence": Template("收到申辩意见", "{unit}对{number}提出申辩。"),
    "notice.extension": Template("收到延期申请", "{unit}申请延长{number}的整改期限。"),
    "notice.reported": Template("收到整改报告", "{unit}提交了{number}的整改报告。"),
    "notice.defence_answered": Template("申辩意见已答复", "{number}，请登录系统查看。", Audience.UNIT),
    "notice.extension_answered": Template("延期申请已答复", "{number}，请登录系统查看。", Audience.UNIT),
    "notice.returned": Template("整改报告被退回", "{number}，请按退回意见继续整改。", Audience.UNIT),
    "notice.closed": Template("整改事项已销号", "{number}所列问题已全部销号。", Audience.UNIT),
    "notice.reopened": Template("整改事项重新打开", "{number}所列问题出现反弹，请继续整改。", Audience.UNIT),
    "notice.reminder": Template("整改期限将至", "{number}的整改期限为{due_on}，请按期提交整改报告。", Audience.UNIT),
    "notice.overdue": Template(
        "整改已逾期", "{number}已超过整改期限，请立即提交整改报告。", Audience.UNIT, acknowledge=True
    ),
    "notice.supervised": Template(
        "收到整改督办通知", "{number}逾期未整改，请于{due_on}前整改到位。", Audience.UNIT, acknowledge=True
    ),
    "notice.talk": Template(
        "收到约谈通知", "就{number}的整改情况，请于{held_at}到{place}参加约谈。", Audience.UNIT, acknowledge=True
    ),
    "notice.talk_recorded": Template("约谈记录已印发", "{number}，请登录系统查看。", Audience.UNIT),
    "notice.proposal": Template("督办建议待审定", "{unit}办理{number}，已拟{paper}。"),
    "notice.proposal_decided": Template("督办建议已审定", "{unit}办理{number}，{paper}{decision}。"),
    "notice.escalation": Template("督办提示", "{unit}办理{number}：{cause}，应予{step}。"),
    "notice.withdrawn": Template("整改通知书已撤回", "{number}已撤回，无需继续办理。", Audience.UNIT),
    "look_back.drawn": Template("本月回头看已抽取", "共{count}项，请安排复核。"),
    "instruction.given": Template("有领导批示", "{name}"),
    "instruction.answered": Template("批示已有办理情况", "{name}"),
    "evidence.corrupt": Template("照片上传有误", "请重新上传整改照片。", Audience.UNIT),
    "announcement.published": Template("有新公告", "{title}", Audience.BOTH),
    "bulletin.published": Template("新一期半月报已印发", "{title}"),
    "bulletin.drafted": Template("半月报初稿已生成", "{title}"),
    "bulletin.consulted": Template("半月报初稿征求意见", "{title}，请提出意见；没有意见也请回复。"),
    "bulletin.reviewed": Template("半月报待签发", "{title}"),
    "bulletin.revised": Template("半月报退回修改", "{title}"),
    "bulletin.withdrawn": Template("半月报已撤回", "{title}"),
    "bulletin.school_published": Template("新一期半月报（学校版）已印发", "{title}", Audience.BOTH),
    "bulletin.school_withdrawn": Template("半月报（学校版）已撤回", "{title}", Audience.BOTH),
    "circular.published": Template("有新通报", "{number}《{title}》。", Audience.BOTH),
    "circular.withdrawn": Template("通报已撤回", "{number}《{title}》，不再执行。", Audience.BOTH),
    "circular.reviewed": Template("通报待签发", "{title}"),
    "circular.revised": Template("通报退回修改", "{title}"),
}

TASK_ROOMS = ("assignment.", "plan.", "draw.", "visit.")
"""Kinds about unannounced work that the table does not name are all told as a task."""


def template_of(kind: str, *, of_unit: bool) -> Template | None:
    """How `kind` is told to a person of an inspected unit or to anybody else; None: not at all."""
    known = TEMPLATES.get(kind)
    if of_unit:
        return known if known and known.audience is not Audience.STAFF else None
    return known or (TASK if kind.startswith(TASK_ROOMS) else NEUTRAL)


def _filled(text: str, detail: Mapping[str, Any]) -> str:
    try:
        return text.format_map(detail)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        return ""

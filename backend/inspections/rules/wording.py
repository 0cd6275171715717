"""Chinese words for what a checklist says: used in previews, differences and spreadsheets."""

from collections.abc import Mapping
from enum import StrEnum

from backend.inspections.rules.checklist import (
    AnswerType,
    AnyOf,
    AtLeast,
    AtMost,
    ByStage,
    Condition,
    Confidence,
    Equals,
    EvidenceKind,
    GradeRange,
    Item,
    OneOf,
    PassRule,
    Proof,
    ProofKind,
    ProofWhen,
    Repeat,
    Result,
    Severity,
    TargetType,
    Template,
    Test,
    TextFormat,
    TimeAtLeast,
    TimeAtMost,
    Variant,
)

Words = Mapping[StrEnum, str]

TYPES: Words = {
    AnswerType.YES_NO: "是否",
    AnswerType.YES_NO_NA: "是否或不适用",
    AnswerType.NUMBER: "数值",
    AnswerType.SINGLE: "单选",
    AnswerType.MULTI: "多选",
    AnswerType.TEXT: "文字",
    AnswerType.PHOTO: "照片",
    AnswerType.SIGNATURE: "签名",
}
TARGETS: Words = {
    TargetType.PRIMARY: "小学",
    TargetType.JUNIOR: "初中",
    TargetType.NINE_YEAR: "九年一贯制学校",
    TargetType.COMPLETE_JUNIOR: "完全中学初中部",
    TargetType.SPECIAL: "特殊教育学校",
    TargetType.SUBJECT: "学科类机构",
    TargetType.NON_SUBJECT: "非学科类机构",
    TargetType.SUSPECTED: "疑似无证点",
}
REPEATS: Words = {Repeat.CLASS: "按班级", Repeat.GRADE: "按年级", Repeat.RESPONDENT: "按受访者"}
FORMATS: Words = {TextFormat.LONG: "长文字", TextFormat.TIME: "时间"}
SEVERITIES: Words = {
    Severity.MINOR: "一般",
    Severity.MODERATE: "较重",
    Severity.SERIOUS: "严重",
    Severity.VETO: "一票否决",
}
RESULTS: Words = {Result.FINDINGS: "形成问题", Result.AGGREGATE: "只作统计"}
EVIDENCE: Words = {
    EvidenceKind.PHOTO: "照片",
    EvidenceKind.DOCUMENT: "材料",
    EvidenceKind.STUDENT_INTERVIEW: "学生访谈",
    EvidenceKind.STAFF_INTERVIEW: "教师访谈",
    EvidenceKind.PARENT_INTERVIEW: "家长访谈",
    EvidenceKind.OBSERVATION: "现场观察",
    EvidenceKind.MEASUREMENT: "测量",
    EvidenceKind.QUESTIONNAIRE: "问卷",
}
PROOF_KINDS: Words = {ProofKind.PHOTO: "照片", ProofKind.DOCUMENT: "材料"}
PROOF_TIMES: Words = {ProofWhen.ALWAYS: "每次应答", ProofWhen.FAIL: "不合格时"}
CONFIDENCES: Words = {
    Confidence.HIGH: "高",
    Confidence.MEDIUM_HIGH: "较高",
    Confidence.MEDIUM: "中",
    Confidence.UNCERTAIN: "待核",
    Confidence.LOCAL_PRACTICE: "本地做法",
    Confidence.PRODUCT_DEFAULT: "产品默认",
}
ANSWERS = {"yes": "是", "no": "否", "na": "不适用"}

FIELDS = {
    "code": "编码",
    "version": "版本",
    "name": "名称",
    "method": "方式",
    "anonymous": "匿名",
    "result": "结果用途",
    "policies": "政策文件",
    "items": "条目",
    "section": "栏目",
    "text": "内容",
    "type": "类型",
    "targets": "适用对象",
    "grades": "年级",
    "repeat": "重复应答",
    "number": "单位和取值范围",
    "options": "选项",
    "grades_of_option": "选项对应年级",
    "format": "文字格式",
    "time": "时间范围",
    "count": "份数",
    "pass": "合格规则",
    "severity": "级别",
    "default_days": "整改天数",
    "evidence": "佐证方式",
    "basis": "依据",
    "optional": "可不填",
    "refusable": "可拒签",
    "variants": "分段规则",
    "show_if": "显示条件",
    "proof": "必需佐证",
}
"""By the name a field has in the JSON form."""


def grades_zh(grades: GradeRange) -> str:
    """`3至6年级`."""
    first, last = grades
    return f"{first}年级" if first == last else f"{first}至{last}年级"


def rule_zh(rule: PassRule | Test, unit: str = "") -> str:
    """What a rule asks for, as the end of a sentence."""
    match rule:
        case Equals(value=value):
            return f"为“{ANSWERS.get(value, value)}”"
        case AtMost(value=value):
            return f"不超过{value}{unit}"
        case AtLeast(value=value):
            return f"不少于{value}{unit}"
        case TimeAtMost(value=value):
            return f"不晚于{value}"
        case TimeAtLeast(value=value):
            return f"不早于{value}"
        case OneOf(options=options):
            return f"只选“{'”“'.join(options)}”"
        case AnyOf(options=options):
            return f"选有“{'”或“'.join(options)}”"
        case ByStage(primary=primary, junior=junior):
            return f"小学不超过“{primary}”，初中不超过“{junior}”"


def unit_of(item: Item) -> str:
    """The unit of a number, empty for other items."""
    return item.number.unit if item.number else ""


def variant_zh(item: Item, variant: Variant) -> str:
    """One rule by stage and grade."""
    whom = [TARGETS[target] for target in variant.targets] + ([grades_zh(variant.grades)] if variant.grades else [])
    return f"{'、'.join(whom)}：{rule_zh(variant.pass_rule, unit_of(item))}"


def condition_zh(template: Template, condition: Condition) -> str:
    """One condition, naming the item it asks."""
    asked = template.item(condition.item)
    return f"{condition.item}{rule_zh(condition.test, unit_of(asked) if asked else '')}"


def proof_zh(proof: Proof) -> str:
    """What evidence is required, and when."""
    return f"{PROOF_TIMES[proof.when]}至少{proof.minimum}份{PROOF_KINDS[proof.kind]}"

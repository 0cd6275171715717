"""What the work that waits on the review desk is called."""

STATUSES = {"held": "等待所依据的内容", "quarantined": "未能自动采用", "error": "处理出错", "id_reused": "编号重复"}

CODES = {
    "late_lock": "到访提交之后才到",
    "late_assignment": "作者不属于该检查组",
    "no_permission": "无权办理",
    "bad_state": "状态已变，不能再办",
    "invalid": "内容不完整或格式不符",
    "unknown_kind": "无法识别的内容",
    "author_disabled": "作者的账号或设备已停用",
    "content_differs": "与服务器记录不一致",
}

KINDS = {
    "assignment": "任务",
    "recusal": "回避",
    "visit": "到访",
    "answer": "应答",
    "finding": "问题",
    "evidence": "佐证",
    "review": "复查",
    "target": "对象",
}

OUTCOMES = {"accepted": "已采用", "refiled": "已改挂", "dismissed": "已驳回"}


def kind(name: str) -> str:
    """A kind of thing; the name itself where nobody knows it."""
    return KINDS.get(name, name or "未知")


def why(status: str, code: str) -> str:
    """Why an operation waits, in words."""
    told = STATUSES.get(status, status)
    return f"{told}：{CODES.get(code, code)}" if code else told

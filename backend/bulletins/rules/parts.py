"""What the parts of a bulletin's words are called, in the order in which they are printed."""

PART_NAMES = {
    "inspection": "督查开展情况",
    "findings": "发现问题",
    "homework": "作业管理",
    "after_school": "课后服务",
    "managements": "五项管理",
    "institutions": "校外治理情况",
    "rectification": "整改台账",
    "tips": "举报办理情况",
    "next_steps": "下步安排（领导版）",
    "school_inspection": "督查开展情况（学校版）",
    "school_next_steps": "工作要求（学校版）",
    "cases": "典型问题",
    "good_practices": "好的做法",
}

"""What the points of a check of a draw are called, and what they come to."""

from collections.abc import Collection

POINTS = {
    "algorithm": "算法版本",
    "hashes": "名录和参数与封存的摘要",
    "weights": "权重与各项之和",
    "result_hash": "抽取结果与结果摘要",
    "commitment": "种子与封存摘要",
    "replay": "重新抽取的结果与记录",
    "rows": "据以安排任务的明细与抽取结果",
    "audit": "封存摘要和结果摘要与操作日志",
}

DIFFERS = "核验不一致：此记录与公开算法的结果不符。"


def verdict(points: Collection[str]) -> str:
    """What follows when all these points agree."""
    if "replay" in points:
        return "核验一致：按记录重新抽取，结果完全相同。"
    if "commitment" in points:
        return "核验一致：种子与封存摘要相符，尚无抽取结果可供重抽。"
    return "种子尚未公布，目前只能核对名录和摘要，均一致。"

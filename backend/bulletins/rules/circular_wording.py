"""The words of a circular as the product writes them: plain sentences over the figures, for the office to edit."""

from collections.abc import Mapping
from typing import Any

from backend.bulletins.rules.wording import Figures, findings, managements, plain

Facts = Mapping[str, Any]
PARTS = ("overview", "practices", "problems", "demands")
LONGEST_LISTED = 8
"""Problems that the first draft names; the office chooses."""


def written(facts: Facts) -> dict[str, Any]:
    """All parts. `overview` and `demands` are paragraphs, `practices` `{place, text}`, `problems` `{finding, text}`."""
    chosen = facts["problems"][:LONGEST_LISTED]
    return {
        "overview": overview(facts),
        "practices": [],
        "problems": [{"finding": one["finding"], "text": one["text"]} for one in chosen],
        "demands": demands(facts),
    }


def overview(facts: Facts) -> list[str]:
    """What was done in the month, and what was found."""
    f = Figures(facts)
    done = (
        f"全月收到督查记录{f.number('visits')}次，检查学校{f.number('schools')}所、校外培训机构"
        f"{f.number('institutions')}家，当月应查单位{f.number('coverage.assigned')}个，"
        f"已查{f.number('coverage.visited')}个，覆盖率{f.rate('coverage.rate')}。"
    )
    closed = (
        f"印发整改通知书{f.number('notices.issued')}份，问题销号{f.number('rectification.closed')}个，"
        f"月末逾期未完成整改{f.number('rectification.late')}个。"
    )
    said = [text.replace("本期", "全月") for text in (*findings(facts), *managements(facts))]
    return [done, *said, closed]


def demands(facts: Facts) -> list[str]:
    """What is asked of everybody, and of those who are late."""
    late = Figures(facts).count("rectification.late")
    asked = [
        "被通报单位要按照整改通知书的时限完成整改，并书面报告整改结果。",
        f"对逾期未完成整改的{plain(late)}个问题，按程序督办。" if late else "",
        "其他单位要对照通报的问题开展自查，即知即改。",
    ]
    return [text for text in asked if text]

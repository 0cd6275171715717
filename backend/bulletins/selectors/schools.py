"""Figures of what was measured in schools: written homework by grade, after-school service.

Item codes are those of the catalogue (ZY: homework, KH: after-school service); limits as in 中办发〔2021〕40号:
grades 1 and 2 no written homework, 3 to 6 at most 60 minutes a day, 7 to 9 at most 90.
"""

import uuid
from typing import Any

from backend.bulletins.rules.figures import Figures, Number, counted, mean, measured, percent
from backend.bulletins.selectors.window import Window, visits
from backend.inspections.models import VisitRound

NO_HOMEWORK = "ZY-06"
MINUTES = ("ZY-07", "ZY-08")
DAYS, HOURS, EXPECTED, PRESENT = "KH-01", "KH-02", "KH-08", "KH-09"
SCHOOL_DAYS, SCHOOL_HOURS = 5, 2
"""5+2: on five days a week, at least two hours each (国家双减意见 section 3)."""

YOUNGEST, GRADES = (1, 2), range(1, 10)

Values = dict[uuid.UUID, dict[str, Any]]


def limit(grade: int) -> int:
    """Most minutes of written homework a day."""
    if grade in YOUNGEST:
        return 0
    return 60 if grade <= 6 else 90


def figures(window: Window) -> Figures:
    """All figures of this page."""
    values = _values(window)
    return _early(values) | _minutes(values) | _service(values)


def _values(window: Window) -> Values:
    """Per visit of the window its answers, by answer key, as last submitted before the cut-off."""
    rounds = VisitRound.objects.filter(visit__in=visits(window).values("pk"), submitted_at__lt=window.cut_off)
    rows = rounds.order_by("visit_id", "round").values_list("visit_id", "content__answers")
    return {visit: {key: answer["value"] for key, answer in (answers or {}).items()} for visit, answers in rows}


def _early(values: Values) -> Figures:
    """Grades 1 and 2: nought minutes where every school checked gave none; how many others gave nobody asked."""
    checked = {visit: own[NO_HOMEWORK] for visit, own in values.items() if own.get(NO_HOMEWORK) in ("yes", "no")}
    given = [visit for visit, answer in checked.items() if answer == "yes"]
    minutes = 0 if checked and not given else None
    out = {f"homework.grade.{grade}": measured("visit", checked, minutes) for grade in YOUNGEST}
    return out | {"homework.early.checked": counted("visit", checked), "homework.early.given": counted("visit", given)}


def _minutes(values: Values) -> Figures:
    """Grades 3 to 9: the mean of the samples of each grade, and at how many visits every grade was within its limit."""
    samples: dict[int, dict[uuid.UUID, Number]] = {grade: {} for grade in GRADES if grade not in YOUNGEST}
    for visit, own in values.items():
        for key, value in own.items():
            code, _, grade = key.partition("#")
            if code in MINUTES and _is_number(value) and grade.isdigit() and int(grade) in samples:
                samples[int(grade)][visit] = value
    measured_at = {visit for grade in samples.values() for visit in grade}
    over = {visit for grade, rows in samples.items() for visit, value in rows.items() if value > limit(grade)}
    within = measured_at - over
    out = {f"homework.grade.{grade}": measured("visit", rows, mean(rows.values())) for grade, rows in samples.items()}
    return out | {
        "homework.measured": counted("visit", measured_at),
        "homework.over": counted("visit", over),
        "homework.within": counted("visit", within),
        "homework.within.rate": measured("visit", within, percent(len(within), len(measured_at))),
    }


def _service(values: Values) -> Figures:
    """Participation by heads (present of expected), and at how many visits 5+2 was reached."""
    heads = {
        visit: (own[PRESENT], own[EXPECTED])
        for visit, own in values.items()
        if _is_number(own.get(EXPECTED)) and _is_number(own.get(PRESENT))
    }
    times = {
        visit: own[DAYS] >= SCHOOL_DAYS and own[HOURS] >= SCHOOL_HOURS
        for visit, own in values.items()
        if _is_number(own.get(DAYS)) and _is_number(own.get(HOURS))
    }
    reached = [visit for visit, good in times.items() if good]
    present, expected = (sum(pair[at] for pair in heads.values()) for at in (0, 1))
    return {
        "after_school.expected": measured("visit", heads, expected if heads else None),
        "after_school.present": measured("visit", heads, present if heads else None),
        "after_school.participation": measured("visit", heads, percent(present, expected)),
        "after_school.checked": counted("visit", times),
        "after_school.reached": counted("visit", reached),
        "after_school.reached.rate": measured("visit", reached, percent(len(reached), len(times))),
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""The figures of a half-month counted again: plain loops over the raw rows, nothing of the product's counting."""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from backend.core import clock
from backend.inspections.models import Evidence, Finding, FindingTransition, Visit, VisitRound, VisitTransition
from backend.notices.models import NoticeFinding, NoticeTransition
from backend.registry.models import Target, Team
from tests.bulletins.world import MANAGEMENT_OF, RULES

Found = dict[str, tuple[Any, set[str]]]
"""By figure its value and the ids of the records behind it."""

LIMITS = {grade: 60 if grade <= 6 else 90 for grade in range(3, 10)}
NOTICES = {"issue": "issued", "acknowledge": "acknowledged", "return": "returned", "close": "closed"}
NEVER = dt.date.max
OPEN = ("in_notice", "rectifying", "returned")


def rate(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


class Recount:
    """Of one county from `start` to before `end`."""

    def __init__(self, county_id: int, start: dt.datetime, end: dt.datetime) -> None:
        self.start, self.end, self.out = start, end, dict[str, tuple[Any, set[str]]]()
        self.targets = list(Target.objects.filter(county_id=county_id).select_related("district"))
        self.teams = list(Team.objects.filter(county_id=county_id))
        cancelled = {step.visit_id for step in VisitTransition.objects.all() if step.verb == "cancel" and step.at < end}
        self.rounds = {row.visit_id: row for row in VisitRound.objects.all() if row.round == 1}
        rows = Visit.objects.filter(county_id=county_id).select_related("target", "assignment")
        known = [row for row in rows if row.pk not in cancelled and row.pk in self.rounds]
        self.month = [row for row in known if self.received(row) < end]
        self.visits = [row for row in self.month if self.received(row) >= start]
        inside, before = {row.pk for row in self.visits}, {row.pk for row in self.month} - {r.pk for r in self.visits}
        self.findings = [
            row for row in Finding.objects.filter(county_id=county_id).select_related("target", "visit__assignment")
            if row.state != "withdrawn" and row.recorded_at < end
            and (row.visit_id in inside or (row.visit_id in before and row.recorded_at >= start))
        ]  # fmt: skip

    def received(self, visit: Visit) -> dt.datetime:
        return self.rounds[visit.pk].submitted_at

    def count(self, key: str, rows: Iterable[Any]) -> None:
        ids = {str(getattr(row, "pk", row)) for row in rows}
        self.out[key] = len(ids), ids

    def all(self) -> Found:
        for part in (self.field, self.coverage, self.schools, self.managements, self.institutions, self.ledger):
            part()
        self.out |= dict.fromkeys(
            ["tips.received", "tips.accepted", "tips.closed", "tips.verified", "satisfaction"], (None, set[str]())
        )
        return self.out

    def field(self) -> None:
        visits, findings = self.visits, self.findings
        self.count("visits", visits)
        self.count("schools", {v.target for v in visits if v.target.kind == "school"})
        self.count("suspected_sites", {v.target for v in visits if v.target.kind == "suspected_site"})
        for track in ("department", "station"):
            self.count(f"visits.track.{track}", [v for v in visits if v.track == track])
        self.count("findings", findings)
        self.count("findings.grave", [f for f in findings if f.severity in ("serious", "veto")])
        self.count("findings.on_spot", [f for f in findings if f.rectified_on_spot])
        for kind in ("school", "institution", "suspected_site"):
            self.count(f"findings.kind.{kind}", [f for f in findings if f.target.kind == kind])
        for grade in ("minor", "moderate", "serious", "veto"):
            self.count(f"findings.severity.{grade}", [f for f in findings if f.severity == grade])
        for code in {f.template_code for f in findings}:
            self.count(f"findings.category.{code}", [f for f in findings if f.template_code == code])
        early = [v for v in visits if v.started_at < self.start]
        late = {v.pk for v in early} | ({f.visit_id for f in findings} - {v.pk for v in visits})
        self.count("supplement.visits", early)
        self.count("supplement.findings", [f for f in findings if f.visit_id in late])
        for team in self.teams:
            self.team(team)

    def team(self, team: Team) -> None:
        key, own = f"team.{team.code}", [v for v in self.visits if v.assignment.team_id == team.pk]
        self.count(f"{key}.visits", own)
        self.count(f"{key}.findings", [f for f in self.findings if f.visit.assignment.team_id == team.pk])
        photos = Evidence.objects.filter(kind="photo", added_at__lt=self.end)
        self.count(f"{key}.photos", [row for row in photos if row.visit_id in {v.pk for v in own}])
        scores = [v.score for v in own if v.score is not None]
        mean = round(sum(scores) / len(scores), 1) if scores else None
        self.out[f"{key}.score"] = mean, {str(v.pk) for v in own if v.score is not None}

    def coverage(self) -> None:
        month = self.start.astimezone(clock.CHINA).replace(day=1, hour=0)
        valid = [v for v in self.month if self.received(v) >= month and self.rounds[v.pk].counts_for_coverage]
        active = [t for t in self.targets if t.is_active]
        due = {
            "department": {t for t in active if t.team_id and t.kind != "suspected_site"},
            "station": {t for t in active if t.station_id and t.kind == "school"},
        }
        seen = {track: {v.target for v in valid if v.track == track} & due[track] for track in due}
        for track in due:
            self.three(f"coverage.track.{track}", due[track], seen[track])
        self.three("coverage", due["department"] | due["station"], seen["department"] | seen["station"])
        self.three("coverage.both", due["department"] & due["station"], seen["department"] & seen["station"])
        for team in self.teams:
            own = {
                t
                for t in due[team.track]
                if team.pk == t.team_id or (team.station_id and team.station_id == t.station_id)
            }
            self.three(f"team.{team.code}", own, own & seen[team.track])
        last = (self.end - dt.timedelta(seconds=1)).astimezone(clock.CHINA)
        self.out["coverage.target"] = rate(last.day, calendar.monthrange(last.year, last.month)[1]), set()

    def three(self, key: str, due: set[Target], seen: set[Target]) -> None:
        self.count(f"{key}.assigned", due)
        self.count(f"{key}.visited", seen)
        self.out[f"{key}.rate"] = rate(len(seen), len(due)), {str(t.pk) for t in seen}

    def given(self) -> dict[Any, dict[str, Any]]:
        return {
            visit.pk: {key: one["value"] for key, one in self.rounds[visit.pk].content["answers"].items()}
            for visit in self.visits
        }

    def schools(self) -> None:
        given = self.given()
        samples: dict[int, dict[Any, float]] = {grade: {} for grade in LIMITS}
        for pk, own in given.items():
            for key, value in own.items():
                if key[:6] in ("ZY-07#", "ZY-08#"):
                    samples[int(key[6:])][pk] = value
        for grade, values in samples.items():
            mean = round(sum(values.values()) / len(values), 1) if values else None
            self.out[f"homework.grade.{grade}"] = mean, set(map(str, values))
        over = {pk for grade, values in samples.items() for pk, value in values.items() if value > LIMITS[grade]}
        every = {pk for values in samples.values() for pk in values}
        self.count("homework.measured", every)
        self.count("homework.over", over)
        self.count("homework.within", every - over)
        self.out["homework.within.rate"] = rate(len(every - over), len(every)), set(map(str, every - over))
        asked = {pk: own["ZY-06"] for pk, own in given.items() if "ZY-06" in own}
        self.count("homework.early.checked", asked)
        self.count("homework.early.given", [pk for pk, answer in asked.items() if answer == "yes"])
        for grade in (1, 2):
            nought = 0 if asked and "yes" not in asked.values() else None
            self.out[f"homework.grade.{grade}"] = nought, set(map(str, asked))
        self.service(given)

    def service(self, given: dict[Any, dict[str, Any]]) -> None:
        heads = {pk: (own["KH-09"], own["KH-08"]) for pk, own in given.items() if {"KH-08", "KH-09"} <= own.keys()}
        present, expected = sum(one[0] for one in heads.values()), sum(one[1] for one in heads.values())
        ids = set(map(str, heads))
        self.out["after_school.present"] = present if heads else None, ids
        self.out["after_school.expected"] = expected if heads else None, ids
        self.out["after_school.participation"] = rate(present, expected), ids
        times = {pk: own for pk, own in given.items() if {"KH-01", "KH-02"} <= own.keys()}
        reached = {pk for pk, own in times.items() if own["KH-01"] >= 5 and own["KH-02"] >= 2}
        self.count("after_school.checked", times)
        self.count("after_school.reached", reached)
        self.out["after_school.reached.rate"] = rate(len(reached), len(times)), set(map(str, reached))

    def managements(self) -> None:
        given = self.given()
        for name in ("homework", "sleep", "phone", "reading", "fitness"):
            said = {
                pk: [RULES[key][1](value) for key, value in own.items() if key in RULES and RULES[key][0] == name]
                for pk, own in given.items()
            }
            looked, met = {pk for pk in said if said[pk]}, {pk for pk in said if said[pk] and all(said[pk])}
            self.count(f"five.{name}.checked", looked)
            self.count(f"five.{name}.met", met)
            self.out[f"five.{name}.met.rate"] = rate(len(met), len(looked)), set(map(str, met))
            own = [f for f in self.findings if MANAGEMENT_OF.get(f.template_code) == name]
            self.count(f"five.{name}.findings", own)

    def institutions(self) -> None:
        all_ = [t for t in self.targets if t.kind == "institution"]
        visited = {v.target for v in self.visits if v.target.kind == "institution"}
        known = [t for t in all_ if t.is_active and None not in (t.escrow_balance, t.minimum_balance)]
        low = [t for t in known if (t.escrow_balance or 0) < (t.minimum_balance or 0)]
        self.count("institutions", visited)
        self.count("accounts.known", known)
        self.count("accounts.low", low)
        for kind in ("subject", "non_subject", "unlicensed"):
            self.count(f"institutions.class.{kind}", [t for t in visited if t.institution_class == kind])
            self.count(
                f"institutions.findings.{kind}", [f for f in self.findings if f.target.institution_class == kind]
            )
            own = [t for t in low if t.institution_class == kind]
            some = any(t.institution_class == kind for t in known)
            self.out[f"accounts.low.{kind}"] = len(own) if some else None, {str(t.pk) for t in own}
        for kind in ("subject", "non_subject"):
            self.count(
                f"registry.institutions.{kind}", [t for t in all_ if t.is_active and t.institution_class == kind]
            )
        self.count("registry.schools", [t for t in self.targets if t.is_active and t.kind == "school"])
        for kind, status in {(t.institution_class, t.status) for t in all_ if t.status}:
            own = [t for t in all_ if (t.institution_class, t.status) == (kind, status)]
            self.count(f"institutions.disposal.{kind}.{status}", own)

    def ledger(self) -> None:
        steps: dict[Any, list[FindingTransition]] = defaultdict(list)
        for step in FindingTransition.objects.order_by("at", "pk"):
            if step.at < self.end:
                steps[step.finding_id].append(step)
        lines = []
        for row in NoticeFinding.objects.select_related("notice__target__district"):
            assert row.notice.issued_at is not None
            if row.notice.issued_at < self.end:
                last = steps[row.finding_id][-1]
                if last.after != "closed" or last.at >= self.start:
                    lines.append((row, last))
        again = {
            step.finding_id for own in steps.values() for step in own
            if step.before == "closed" and step.after != "closed" and step.at >= self.start
        }  # fmt: skip
        self.states("rectification", lines, again)
        for code in {self.district(row) for row, _ in lines}:
            self.states(f"district.{code}", [one for one in lines if self.district(one[0]) == code], again)
        closed = [(row, last) for row, last in lines if last.after == "closed"]
        good = [
            row.finding_id for row, last in closed if last.at.astimezone(clock.CHINA).date() <= (row.due_on or NEVER)
        ]
        self.count("rectification.on_time", good)
        self.out["rectification.on_time.rate"] = rate(len(good), len(closed)), set(map(str, good))
        taken = [step for step in NoticeTransition.objects.all() if self.start <= step.at < self.end]
        for action, name in (
            ("issue", "issued"),
            ("acknowledge", "acknowledged"),
            ("return", "returned"),
            ("close", "closed"),
        ):
            self.count(f"notices.{name}", {step.notice_id for step in taken if step.action == action})

    def district(self, row: NoticeFinding) -> str:
        return row.notice.target.district.code if row.notice.target.district else "-"

    def states(self, key: str, lines: list[Any], again: set[Any]) -> None:
        today = self.end.astimezone(clock.CHINA).date()
        late = {row.finding_id for row, last in lines if last.after in OPEN and (row.due_on or NEVER) < today}
        self.count(f"{key}.late", late)
        self.count(f"{key}.new", [row.finding_id for row, _ in lines if row.notice.issued_at >= self.start])
        self.count(f"{key}.closed", [row.finding_id for row, last in lines if last.after == "closed"])
        rest = [row.finding_id for row, last in lines if last.after != "closed" and row.finding_id not in late]
        self.count(f"{key}.open_in_time", rest)
        self.count(f"{key}.reopened", [row.finding_id for row, _ in lines if row.finding_id in again])

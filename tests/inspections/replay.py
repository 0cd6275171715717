"""The draw a second time, from docs/drawing.md alone: no line of the product is used here, and none of its shortcuts."""

import hashlib
import json
from typing import Any

Json = dict[str, Any]


class Stream:
    """Section 1."""

    def __init__(self, name: str, seed: str, contribution: str) -> None:
        self.key = hashlib.sha256(
            b"dudao-draw-1\n" + name.encode() + b"\n" + bytes.fromhex(seed) + contribution.encode()
        ).digest()
        self.used = 0

    def word(self) -> int:
        block, quarter = divmod(self.used, 4)
        self.used += 1
        digest = hashlib.sha256(self.key + block.to_bytes(8, "big")).digest()
        return int.from_bytes(digest[8 * quarter : 8 * quarter + 8], "big")

    def below(self, m: int) -> int:
        while (w := self.word()) >= 2**64 - 2**64 % m:
            pass
        return w % m


def targets(record: Json) -> list[Json]:
    """Section 3."""
    stream, left, drawn = Stream("targets", record["seed"], record["contribution"]), list(record["targets"]), []
    for _ in range(record["parameters"]["count"]):
        r = stream.below(sum(target["weight"] for target in left))
        for place, target in enumerate(left):
            if target["weight"] > r:
                drawn.append(left.pop(place))
                break
            r -= target["weight"]
    return drawn


def draw(record: Json) -> tuple[list[Json], dict[str, list[str]]]:
    """Sections 3 and 4: the result, or why there is none."""
    given, stream = record["parameters"], Stream("crews", record["seed"], record["contribution"])
    sent: dict[tuple[str, str], int] = {}
    for line in record["inspectors"]:
        for day, visits in line["busy"]:
            sent[line["id"], day] = max(visits, sent.get((line["id"], day), 0))
    result = []
    for k, target in enumerate(targets(record)):
        found = find(record, stream, target, k, sent)
        if found is None:
            return [], {"no_crew_left": [target["id"]]}
        day, free = found
        size = given["crew_min"] + stream.below(given["crew_max"] - given["crew_min"] + 1)
        size = max(min(size, len(free)), target["officers"])
        crew = pick(stream, [line for line in free if good(line["enforcement_cards"], day)], target["officers"])
        crew += pick(stream, [line for line in free if line not in crew], size - len(crew))
        leader = ([line for line in crew if line["leads"]] or crew)[0]
        for line in crew:
            sent[line["id"], day] = sent.get((line["id"], day), 0) + 1
        result.append(
            {
                "position": k + 1,
                "target": target["id"],
                "day": day,
                "team": leader["team"],
                "leader": leader["id"],
                "crew": [line["id"] for line in crew],
            }
        )
    return result, {}


def find(
    record: Json, stream: Stream, target: Json, k: int, sent: dict[tuple[str, str], int]
) -> tuple[str, list[Json]] | None:
    """Section 4.1."""
    given = record["parameters"]
    days = given["days"]
    for step in range(len(days)):
        day, teams = days[(k + step) % len(days)], list(target["teams"] or given["teams"])
        while teams:
            if given["mixed"]:
                unit, teams = teams, []
            else:
                unit = [teams.pop(stream.below(len(teams)))]
            free: list[Json] = []
            for team in unit:
                for line in record["inspectors"]:
                    known = line["id"] in [other["id"] for other in free]
                    if line["team"] == team and not known and may_go(line, target, day, given["per_day"], sent):
                        free.append(line)
            officers = [line for line in free if good(line["enforcement_cards"], day)]
            if len(free) >= max(given["crew_min"], target["officers"]) and len(officers) >= target["officers"]:
                return day, free
    return None


def may_go(line: Json, target: Json, day: str, per_day: int, sent: dict[tuple[str, str], int]) -> bool:
    cards = [*line["inspector_cards"], *line["enforcement_cards"]]
    tied = any(one == target["id"] and first <= day <= last for one, first, last in line["conflicts"])
    return good([line["member"]], day) and good(cards, day) and sent.get((line["id"], day), 0) < per_day and not tied


def good(terms: list[list[str]], day: str) -> bool:
    return any(first <= day <= last for first, last in terms)


def pick(stream: Stream, lines: list[Json], count: int) -> list[Json]:
    left = list(lines)
    return [left.pop(stream.below(len(left))) for _ in range(count)]


def digest(value: Any) -> str:
    """Section 5."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def agrees(record: Json) -> bool:
    """Section 6."""
    names = ("inspectors", "parameters", "targets")
    seal = {
        "algorithm": "dudao-draw-1",
        "draw": record["draw"],
        "hashes": record["hashes"],
        "purpose": "dudao/draw/seal",
        "salt": record["salt"],
        "seed": record["seed"],
    }
    return (
        record["algorithm"] == "dudao-draw-1"
        and record["hashes"] == {name: digest(record[name]) for name in names}
        and all(target["weight"] == sum(value for _, value in target["parts"]) for target in record["targets"])
        and record["commitment"] == digest(seal)
        and record["result_hash"] in ("", digest(record["result"]))
        and draw(record) == (record["result"], record["impossible"])
    )

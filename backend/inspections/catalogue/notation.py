"""How the parts of an item are written into one cell of a spreadsheet, and read back.

Parts are separated by ``；`` or line feeds, fields of a part by ``｜``; a backslash before one of them or before
itself takes away its meaning; ``\\n`` is a line feed. Every ``write_…`` is undone by its ``read_…``.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from backend.inspections.rules import wording as w

Json = dict[str, Any]

PART, FIELD = "；", "｜"
_NUMBER = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?")
_RANGE = re.compile(r"([1-9])(?:至([1-9]))?年级")


class Unreadable(ValueError):
    """A cell that does not say what its column is for; the message is Chinese."""


def escape(text: str) -> str:
    """The text with nothing in it that separates."""
    for special in ("\\", PART, FIELD):
        text = text.replace(special, "\\" + special)
    return text.replace("\n", "\\n")


def split(text: str, separators: str) -> list[str]:
    """The pieces between separators, still escaped."""
    pieces, piece, escaped = [], "", False
    for character in text:
        if character in separators and not escaped:
            pieces.append(piece)
            piece = ""
            continue
        piece += character
        escaped = character == "\\" and not escaped
    return [*pieces, piece]


def unescape(text: str) -> str:
    """Undoes ``escape``."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text, flags=re.DOTALL)


def write_list(values: Sequence[str]) -> str:
    """Texts, one per line."""
    return "\n".join(escape(value) for value in values)


def read_list(text: str) -> list[str]:
    """Texts out of lines or parts; empty ones are left out."""
    return [unescape(piece) for piece in split(text, PART + "\n") if piece]


def write_words(values: Sequence[str], words: w.Words) -> str:
    """Choices by their Chinese words."""
    return "、".join(words[value] for value in values)  # type: ignore[index]


def read_words(text: str, words: w.Words) -> list[str]:
    """Choices by Chinese word or by code."""
    return [read_word(piece.strip(), words) for piece in re.split("[、,，\n]", text) if piece.strip()]


def read_word(text: str, words: w.Words) -> str:
    """One choice."""
    for code, word in words.items():
        if text in (word, str(code)):
            return str(code)
    raise Unreadable(f"“{text[:20]}”不在可选范围内：{'、'.join(words.values())}。")


def write_grades(grades: Sequence[int]) -> str:
    """``3至6年级``."""
    return w.grades_zh((grades[0], grades[1]))


def read_grades(text: str) -> list[int]:
    """First and last grade."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise Unreadable("年级应写作“3至6年级”或“1年级”。")
    return [int(found[1]), int(found[2] or found[1])]


def write_number(value: float) -> str:
    """As in JSON."""
    return repr(value)


def read_number(text: str) -> int | float:
    """A finite number; whole ones as such."""
    if not _NUMBER.fullmatch(text.strip()):
        raise Unreadable(f"“{text[:20]}”不是数字。")
    return int(text) if re.fullmatch(r"[-+]?[0-9]+", text.strip()) else float(text)


OPERATORS = {
    "=": "等于",
    "<=": "不超过",
    ">=": "不少于",
    "time<=": "不晚于",
    "time>=": "不早于",
    "in": "限选",
    "any": "选有",
    "by_stage": "小学初中上限",
}


def write_rule(rule: Json) -> str:
    """Operator and operands as fields: ``不超过｜60``."""
    match rule["op"]:
        case "in" | "any":
            operands = [escape(option) for option in rule["options"]]
        case "by_stage":
            operands = [escape(rule["primary"]), escape(rule["junior"])]
        case "=":
            operands = [w.ANSWERS[rule["value"]]]
        case "<=" | ">=":
            operands = [write_number(rule["value"])]
        case _:
            operands = [rule["value"]]
    return FIELD.join([OPERATORS[rule["op"]], *operands])


def read_rule(text: str) -> Json:
    """What ``write_rule`` wrote."""
    word, *raw = split(text, FIELD)
    op = next((op for op, name in OPERATORS.items() if word.strip() in (name, op)), None)
    operands = [unescape(one) for one in raw]
    match op, operands:
        case "in" | "any", _:
            return {"op": op, "options": operands}
        case "by_stage", [primary, junior]:
            return {"op": op, "primary": primary, "junior": junior}
        case "=", [value]:
            return {"op": op, "value": _answer(value)}
        case "<=" | ">=", [value]:
            return {"op": op, "value": read_number(value)}
        case "time<=" | "time>=", [value]:
            return {"op": op, "value": value}
    raise Unreadable(f"规则“{text[:30]}”无法识别，应写作“不超过{FIELD}60”“等于{FIELD}是”等。")


def _answer(word: str) -> str:
    return next((code for code, name in w.ANSWERS.items() if word in (code, name)), word)


def write_parts(parts: Sequence[Json], write: Callable[[Json], str]) -> str:
    """One part per line."""
    return "\n".join(write(part) for part in parts)


def read_parts(text: str, read: Callable[[str], Json]) -> list[Json]:
    """The parts of a cell."""
    return [read(piece) for piece in split(text, PART + "\n") if piece.strip()]


def write_basis(basis: Json) -> str:
    """Code of the policy and article."""
    return FIELD.join(escape(one) for one in (basis["document"], basis.get("article", "")) if one)


def read_basis(text: str) -> Json:
    """``CQDD｜第十二条``; without an article the document as a whole."""
    document, *article = (unescape(one) for one in split(text, FIELD))
    if len(article) > 1:
        raise Unreadable("依据应写作“文件编码｜条款”。")
    return {"document": document.strip(), **({"article": article[0]} if article and article[0] else {})}


def write_variant(variant: Json) -> str:
    """Targets, grades, rule."""
    targets = write_words(variant.get("targets", []), w.TARGETS)
    grades = write_grades(variant["grades"]) if variant.get("grades") else ""
    return FIELD.join([targets, grades, write_rule(variant["pass"])])


def read_variant(text: str) -> Json:
    """``小学｜1至2年级｜不超过｜0``."""
    pieces = split(text, FIELD)
    if len(pieces) < 3:
        raise Unreadable("分段规则应写作“适用对象｜年级｜规则”。")
    targets, grades, rule = pieces[0], pieces[1], FIELD.join(pieces[2:])
    found: Json = {"targets": read_words(targets, w.TARGETS)} if targets.strip() else {}
    if grades.strip():
        found["grades"] = read_grades(grades)
    return {**found, "pass": read_rule(rule)}


def write_condition(condition: Json) -> str:
    """Item and what its answer has to be."""
    return FIELD.join([condition["item"], write_rule(condition["is"])])


def read_condition(text: str) -> Json:
    """``ZY-01｜等于｜是``."""
    item, *rule = split(text, FIELD)
    return {"item": item.strip(), "is": read_rule(FIELD.join(rule))}


def write_proof(proof: Json) -> str:
    """When, kind, how many."""
    when, kind = proof.get("when", "fail"), proof["kind"]
    return FIELD.join([w.PROOF_TIMES[when], w.PROOF_KINDS[kind], str(proof.get("minimum", 1))])


def read_proof(text: str) -> Json:
    """``不合格时｜照片｜1``."""
    pieces = split(text, FIELD)
    if len(pieces) != 3:
        raise Unreadable("必需佐证应写作“不合格时｜照片｜1”。")
    when, kind = read_word(pieces[0], w.PROOF_TIMES), read_word(pieces[1], w.PROOF_KINDS)
    return {"when": when, "kind": kind, "minimum": read_number(pieces[2])}

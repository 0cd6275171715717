"""How a place may be named in a case (workflow.md section 11): by name only where the finding is serious."""

NAMED = ("serious", "veto")
LONGEST_FACT = 150
"""Characters of one case."""

ANONYMOUS = {
    "primary": "某小学",
    "junior": "某初级中学",
    "nine_year": "某九年一贯制学校",
    "complete_junior": "某完全中学",
    "special": "某特殊教育学校",
    "subject": "某学科类培训机构",
    "non_subject": "某非学科类培训机构",
    "unlicensed": "某无证培训点",
    "suspected": "某疑似无证培训点",
}
NEVER_NAMED = ("unlicensed", "suspected")
"""Whether such a place is illegal has not been decided (workflow.md section 0)."""


def place(name: str, type_code: str, severity: str) -> str:
    """The unit's name for serious findings and vetoes, else 某小学 and the like."""
    if severity in NAMED and type_code not in NEVER_NAMED:
        return name
    return ANONYMOUS.get(type_code, "某单位")


def fact(text: str, name: str, shown_as: str) -> str:
    """The finding's text with the unit shown as it may be, cut to the length of a case."""
    return shortened(text.replace(name, shown_as), LONGEST_FACT)


def shortened(text: str, longest: int) -> str:
    """On one line, and cut to `longest` characters."""
    said = " ".join(text.split())
    return said if len(said) <= longest else said[: longest - 1] + "…"

"""Words for the edition that schools read: every inspected unit becomes 某小学 and the like."""

import re
from collections.abc import Iterable, Sequence

from backend.bulletins.rules.naming import ANONYMOUS

BRACKETS = re.compile(r"[（(][^（）()]*[）)]\s*$")
SHORTEST = 3
"""Characters: a shorter name without its brackets is part of too many other words."""


class Veil:
    """Knows the names of a county's units, from the snapshot: `[name, type]` each."""

    def __init__(self, units: Iterable[Sequence[str]]) -> None:
        known: dict[str, str] = {}
        for name, kind in units:
            shown = ANONYMOUS.get(kind, "某单位")
            known[name] = shown
            if len(short := BRACKETS.sub("", name).strip()) >= SHORTEST:
                known.setdefault(short, shown)
        self._known = sorted(known.items(), key=lambda pair: (-len(pair[0]), pair[0]))

    def names_in(self, text: str) -> list[str]:
        """The names that stand in `text`, the longest first; of a name within a longer one only the longer."""
        found = []
        for name, _ in self._known:
            if name and name in text:
                found.append(name)
                text = text.replace(name, "\n")
        return found

    def over(self, text: str) -> str:
        """`text` with every name replaced."""
        for name, shown in self._known:
            if name and name in text:
                text = text.replace(name, shown)
        return text

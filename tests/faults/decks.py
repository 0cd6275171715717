"""Filled checklists to draw from: making valid answers to a checklist costs more than sending them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend.desk.rules.answers import sample_answers
from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.checklist import AnswerType, Item, TargetType, Template
from backend.inspections.rules.verdicts import Verdict, verdict
from tests.faults.store import Document

VARIANTS = 5
FAIL_RATE = 0.05
NOT_OF_THE_TEMPLATE = ("rev", "status", "content_hash")


@dataclass(frozen=True, slots=True)
class Page:
    """One filled checklist. `values`: by answer key; `media`: keys that want so many photos or signatures instead;
    `failed`: item and key of the answers that are findings."""

    values: dict[str, Any] = field(default_factory=dict)
    media: dict[str, tuple[str, int]] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Decks:
    """Pages of every checklist that was met, for each kind of target."""

    seed: object
    pages: dict[tuple[Any, ...], Page] = field(default_factory=dict)
    templates: dict[tuple[str, int], Template] = field(default_factory=dict)

    def draw(self, document: Document, target: Document, rng: random.Random) -> Page:
        """One of the pages for the checklist in `document` at `target`; empty where nothing in it applies."""
        grades = tuple(target["grades"])
        key = document["code"], document["version"], target["type"], grades, rng.randrange(VARIANTS)
        if key not in self.pages:
            self.pages[key] = self._fill(self._template(document), _kind(target), grades, random.Random(repr(key)))
        return self.pages[key]

    def _template(self, document: Document) -> Template:
        key = document["code"], document["version"]
        if key not in self.templates:
            content = {name: value for name, value in document.items() if name not in NOT_OF_THE_TEMPLATE}
            self.templates[key] = msgspec.convert(content, Template)
        return self.templates[key]

    def _fill(self, template: Template, kind: TargetType, grades: Sequence[int], rng: random.Random) -> Page:
        page = Page()

        def wanted(item: Item, count: int) -> list[str]:
            least = item.count.minimum if item.count else count
            return [""] * max(1, least)

        made = sample_answers(template, kind, grades or None, rng, FAIL_RATE, evidence=wanted)
        for key, value in made.items():
            item = template.item(parse_key(key).code)
            assert item is not None
            if item.type in (AnswerType.PHOTO, AnswerType.SIGNATURE):
                page.media[key] = (item.type.value, len(value))
            else:
                page.values[key] = value
                if verdict(item, value, kind) is Verdict.FAIL:
                    page.failed.append((item.code, key))
        return page


def _kind(target: Document) -> TargetType:
    return TargetType("suspected" if target["type"] == "unlicensed" else target["type"])

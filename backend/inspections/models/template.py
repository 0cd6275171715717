"""Versioned checklist templates and the finding library drawn from them."""

from typing import Any

import msgspec
from django.db import models

from backend.core import clock, codec
from backend.inspections.rules.checklist import Item, Template
from backend.journal.models import Journaled

MAX_DOCUMENT_BYTES = 64 * 1024
"""Every document on a phone is smaller than this (protocol, Documents)."""


class TemplateStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "启用"
    RETIRED = "retired", "停用"


class ChecklistTemplate(Journaled):
    """One version of a checklist in one county. Once published its content never changes; visits are pinned to it."""

    journal_kind = "template"

    code = models.CharField("编码", max_length=8)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("名称", max_length=120)
    status = models.CharField("状态", max_length=10, choices=TemplateStatus.choices, default=TemplateStatus.DRAFT)
    content = models.JSONField("内容")
    content_hash = models.CharField("内容摘要", max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "督查清单模板"
        constraints = [models.UniqueConstraint(fields=["county_id", "code", "version"], name="template_version")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def journal_scope(self) -> str:
        return f"county:{self.county_id}"

    def journal_document(self) -> dict[str, Any]:
        """The whole template, so that a phone can judge answers without the network."""
        return {**self.content, "status": self.status, "content_hash": self.content_hash}

    @property
    def is_parsed(self) -> bool:
        """Whether the content is known in this process, so that it need not be read."""
        return self.content_hash in _parsed

    @property
    def parsed(self) -> Template:
        """The content as the rules read it."""
        known = _parsed.get(self.content_hash)
        if known is None:
            known = msgspec.json.decode(codec.dumps(self.content), type=Template)
            if len(_parsed) >= MOST_PARSED:
                _parsed.clear()
            _parsed[self.content_hash] = known
        return known


MOST_PARSED = 256

_parsed: dict[str, Template] = {}
"""By the hash of their content: a content is parsed once in a process, and need not be read again to be known."""


class FindingLibrary:
    """The ready wordings of one template version: per item that can fail its text, basis, severity and days."""

    journal_kind = "finding_library"

    def __init__(self, template: ChecklistTemplate) -> None:
        self._template = template

    @property
    def journal_id(self) -> str:
        return self._template.journal_id

    @property
    def journal_scope(self) -> str:
        return self._template.journal_scope

    def journal_document(self) -> dict[str, Any]:
        parsed = self._template.parsed
        return {
            "template": [self._template.code, self._template.version],
            "items": [_library_item(parsed, item) for item in parsed.items if item.severity],
        }


def _library_item(template: Template, item: Item) -> dict[str, Any]:
    return {
        "item": item.code,
        "text": item.text,
        "severity": item.severity,
        "days": item.default_days,
        "basis": legal_basis(template, item),
    }


def legal_basis(template: Template, item: Item) -> list[dict[str, str]]:
    """What a notice may name as the basis of a finding on `item`: `{document, name, article}` each.

    Local practice and product defaults are no basis and are left out.
    """
    named = [(basis, template.policy(basis.document)) for basis in item.basis]
    return [
        {"document": policy.code, "name": policy.name, "article": basis.article}
        for basis, policy in named
        if policy is not None and policy.citable
    ]

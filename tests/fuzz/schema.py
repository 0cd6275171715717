"""The published schema, played against the real application: what it promises and what is answered must agree."""

import functools
import random
import time
from math import inf
from pathlib import Path
from typing import Any

import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from tests.fixtures.people import Client
from tests.fuzz.world import undone

PUBLISHED = Path(__file__).resolve().parents[2] / "api_schema.yaml"

CHECKS: list[Any] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]

ELSEWHERE = ("/api/v1/uploads",)
"""Not a part of Django: tests/media plays it over sockets."""


def published() -> Any:
    """The schema of `make schema`, with the application that serves it."""
    text = PUBLISHED.read_text(encoding="utf-8")
    schema = schemathesis.openapi.from_dict(yaml.load(text, Loader=yaml.CSafeLoader))
    schema.app = served
    return schema


_handler = get_wsgi_application()


def served(environ: Any, start_response: Any) -> Any:
    """The application as a server calls it, but for one thing: it keeps the test's connection and its transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        answer = _handler(environ, start_response)
        body = list(answer)
        answer.close()
        return body
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@functools.cache
def operations() -> list[Any]:
    """Once in a process: what is drawn from is made of the schema at its first use, which takes longer than the asking."""
    found = [each.ok() for each in published().get_all_operations()]
    return [each for each in found if not each.path.startswith(ELSEWHERE)]


def play(client: Client, values: dict[str, Any], *, examples: int, until: float = inf) -> dict[str, str]:
    """Requests drawn from the schema, right and wrong ones, half of them on objects that exist (`values`).

    Goes over the addresses in an order of chance while `time.monotonic()` is below `until`. Returns what went
    against the schema: "METHOD path" -> the finding.
    """
    faults: dict[str, str] = {}
    for each in random.sample(found := operations(), len(found)):
        if time.monotonic() > until:
            break
        try:
            _play_one(each, client, values, examples)
        except FailureGroup as found:
            faults[each.label] = f"{each.label}: " + " / ".join(
                " ".join(f"{type(one).__name__}: {one}".split()) for one in found.exceptions
            )
    return faults


def _play_one(each: Any, client: Client, values: dict[str, Any], examples: int) -> None:
    token = client._credentials["HTTP_AUTHORIZATION"]  # type: ignore[attr-defined]
    there = {name: str(values[name]) for name in _parameters(each.path) if name in values}

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        real = bool(there) and data.draw(st.booleans())
        case = data.draw(each.as_strategy(mode, path_parameters=dict(there) if real else None))
        case.headers = {**(case.headers or {}), "Authorization": token, "Accept-Encoding": "identity"}
        with undone():
            case.call_and_validate(checks=CHECKS)

    run()


def _parameters(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]

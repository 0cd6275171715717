"""A line to a page with nothing watched on it.

Playwright asks every page to tell of its network. The page then keeps what it sends for whoever watches, up to 200 MB
of request bodies: what a phone's own memory is can only be seen without it.
"""

import json
import time
from contextlib import ExitStack
from typing import Any

import httpx
from websockets.sync.client import connect

LOOK_EVERY = 0.05
"""Seconds between two questions."""


class BareLine:
    """Of the DevTools protocol, to the one page whose address has this in it."""

    def __init__(self, port: int, part: str) -> None:
        listed = httpx.get(f"http://127.0.0.1:{port}/json/list").json()
        [page] = [each for each in listed if each["type"] == "page" and part in each["url"]]
        self._open = ExitStack()
        self._line = self._open.enter_context(connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None))
        self._asked = 0

    def send(self, method: str, **told: Any) -> dict[str, Any]:
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": method, "params": told}))
        while (heard := json.loads(self._line.recv())).get("id") != self._asked:
            pass  # an event
        assert "error" not in heard, heard
        answer: dict[str, Any] = heard["result"]
        return answer

    def evaluate(self, expression: str) -> Any:
        """Its value, or what it promises."""
        told = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, expression: str, seconds: float = 60) -> None:
        """Ask again and again whether it is so. Raises `AssertionError` when the time is over."""
        end = time.monotonic() + seconds
        while not self.evaluate(expression):
            assert time.monotonic() < end, expression
            time.sleep(LOOK_EVERY)

    def close(self) -> None:
        self._open.close()

"""One signed-in account: its tokens, and requests that survive an expired token and a bad line."""

import asyncio
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE = 40
"""Tries of one request before the day is called off."""

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
"""Seconds; the protocol's 1 s … 5 min with full jitter, on the scale of a day played in minutes."""


class Refused(Exception):
    """The server answered something the caller did not expect; the text says what."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.code = _code(response)
        request = response.request
        super().__init__(
            f"{request.method} {request.url.path} -> {response.status_code} {self.code}：{response.text[:600]}"
        )


class LineDown(Exception):
    """No answer after very many tries."""


def _code(response: httpx.Response) -> str:
    try:
        return str(response.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""


@dataclass
class Session:
    """An account on a device. `retries` counts requests that had to be sent again."""

    http: httpx.AsyncClient
    username: str
    password: str
    rng: random.Random
    device: str = ""
    device_name: str = ""
    access: str = ""
    refresh: str = ""
    user: dict[str, Any] = field(default_factory=dict)
    retries: int = 0
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.device = self.device or str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    async def sign_in(self) -> None:
        """Raises `Refused`."""
        device = {"id": self.device, "name": self.device_name, "platform": "bench"}
        body = {"username": self.username, "password": self.password, "device": device}
        answer = await self.send("POST", "/api/v1/auth/login", json=body, signed=False)
        if answer.status_code != 200:
            raise Refused(answer)
        told = answer.json()
        self.access, self.refresh, self.user = told["access"], told["refresh"], told["user"]

    async def send(self, method: str, path: str, *, signed: bool = True, **request: Any) -> httpx.Response:
        """One request, repeated until there is an answer: only for what may safely be repeated.

        Signs in anew with the refresh token on 401; waits where the server is busy (429, 503). Raises `LineDown`.
        """
        renewed = False
        for attempt in range(PATIENCE):
            shown = self.access
            try:
                answer = await self.http.request(method, path, **self._signed(request, signed=signed))
            except httpx.TransportError:
                await self.pause(attempt)
                continue
            if answer.status_code == 401 and signed and not renewed:
                renewed = True
                await self._renew(shown)
            elif answer.status_code in (429, 503):
                await self.pause(attempt)
            else:
                return answer
        raise LineDown(f"{self.username}：{method} {path} 试了 {PATIENCE} 次仍无应答")

    async def get(self, path: str, **params: Any) -> Any:
        """JSON of a GET. Raises `Refused`."""
        answer = await self.send("GET", path, params={k: v for k, v in params.items() if v is not None})
        return _expected(answer)

    async def post(self, path: str, body: Any = None) -> Any:
        """JSON of a POST over a good line; None for an empty answer. Raises `Refused`."""
        return _expected(await self.send("POST", path, json=body if body is not None else {}))

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """JSON of any other method. Raises `Refused`."""
        return _expected(await self.send(method, path, json=body if body is not None else {}))

    async def every(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All rows of a paged list."""
        rows: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            page = await self.get(path, limit=200, after=after, **params)
            rows += page["items"]
            after = page["next"]
            if after is None:
                return rows

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    def _signed(self, request: dict[str, Any], *, signed: bool) -> dict[str, Any]:
        if not signed:
            return request
        return {**request, "headers": {**self.headers(), **request.get("headers", {})}}

    async def _renew(self, shown: str) -> None:
        """A new pair for whoever was refused with the access token `shown`; asked for once, however many were."""
        async with self.renewing:
            if self.access != shown:
                return
            answer = await self.send("POST", "/api/v1/auth/refresh", json={"refresh": self.refresh}, signed=False)
            if answer.status_code != 200:
                raise Refused(answer)
            told = answer.json()
            self.access, self.refresh = told["access"], told["refresh"]

    async def pause(self, attempt: int = 3) -> None:
        """Back off with full jitter."""
        self.retries += 1
        await asyncio.sleep(self.rng.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))


def _expected(answer: httpx.Response) -> Any:
    if answer.status_code >= 400:
        raise Refused(answer)
    return answer.json() if answer.content else None

"""A bad line: what a phone's requests meet on a village road, as an httpx transport. Drawn from a seed."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields

import httpx


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad it is: chances from 0 to 1 per request, `delay` in seconds at most.

    `lost`: the request never arrives. `unanswered`: it arrives and is carried out, its answer is lost. `doubled`: it
    arrives twice. `cut`: a body of some length breaks off half-way.
    """

    lost: float = 0.0
    unanswered: float = 0.0
    doubled: float = 0.0
    cut: float = 0.0
    delay: float = 0.0


CLEAR = Weather()
BAD = Weather(lost=0.08, unanswered=0.08, doubled=0.06, cut=0.08, delay=0.03)

CUT_FROM = 20_000
"""Bytes; shorter bodies fit into one packet or two and do not break."""


@dataclass(slots=True)
class LineCounts:
    """What happened to the requests of one line."""

    sent: int = 0
    lost: int = 0
    unanswered: int = 0
    doubled: int = 0
    cut: int = 0

    @property
    def troubles(self) -> int:
        return self.lost + self.unanswered + self.doubled + self.cut

    def add(self, other: "LineCounts") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


class BadLine(httpx.AsyncBaseTransport):
    """Wraps a good transport. `weather` may change at any time; each phone has its own line."""

    def __init__(self, inner: httpx.AsyncBaseTransport, rng: random.Random, weather: Weather = CLEAR) -> None:
        self.inner, self.rng, self.weather = inner, rng, weather
        self.counts = LineCounts()
        self.timings: list[tuple[str, float]] = []
        """Of every request that was carried out: method and path, and the seconds until its answer was there."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `httpx.ConnectError` before the server saw the request, `httpx.ReadError` after it did."""
        self.counts.sent += 1
        weather, rng = self.weather, self.rng
        if weather.delay:
            await asyncio.sleep(rng.uniform(0, weather.delay))
        if rng.random() < weather.lost:
            self.counts.lost += 1
            raise httpx.ConnectError("无信号", request=request)
        body = await request.aread()
        if len(body) >= CUT_FROM and rng.random() < weather.cut:
            self.counts.cut += 1
            return await self._cut(request, body)
        if rng.random() < weather.doubled:
            self.counts.doubled += 1
            await self._carry(request)
        response = await self._carry(request)
        if rng.random() < weather.unanswered:
            self.counts.unanswered += 1
            raise httpx.ReadError("应答丢失", request=request)
        return response

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        """Send it and read the whole answer, so that a lost answer is lost after the server's commit."""
        began = time.monotonic()
        response = await self.inner.handle_async_request(request)
        body = await response.aread()
        await response.aclose()
        self.timings.append((f"{request.method} {request.url.path}", time.monotonic() - began))
        return httpx.Response(response.status_code, headers=_plain(response.headers), content=body, request=request)

    async def _cut(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """Send only a part of the body, then hang up."""
        part = body[: self.rng.randint(1, len(body) - 1)]
        broken = httpx.Request(
            request.method, request.url, headers=request.headers, stream=_Broken(part), extensions=request.extensions
        )
        await self.inner.handle_async_request(broken)
        raise httpx.WriteError("上传中断", request=request)

    async def aclose(self) -> None:
        await self.inner.aclose()


class _Broken(httpx.AsyncByteStream):
    """Some bytes, then the end of the connection."""

    def __init__(self, part: bytes) -> None:
        self.part = part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.part
        await asyncio.sleep(0.01)  # let it reach the server, or there would be nothing to resume
        raise httpx.WriteError("上传中断")


def _plain(headers: httpx.Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer whose body was already decoded."""
    return [(name, value) for name, value in headers.raw if name.lower() not in (b"content-encoding",)]

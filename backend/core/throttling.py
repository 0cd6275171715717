"""How much one device may ask of one process: a token bucket of requests and one of bytes.

Generous, for a phone that comes home with a month of work, and cheap: nothing is read and nobody asked before a flood
is told to wait. What is refused was not taken, and nothing that was acknowledged is touched: the phone keeps it and
sends it again (protocol, Push). Counted in each server process by itself, so several let through several times as much.
"""

import math
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from backend.core.errors import Throttled

REMEMBERED = 4096
"""Devices kept in mind; beyond them those that have been quiet longest begin anew."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` per second on end, and `burst` at once after a quiet time. A rate of 0 means no limit."""

    rate: float
    burst: float

    def refilled(self, level: float, seconds: float) -> float:
        return min(self.burst, level + seconds * self.rate)


@dataclass(slots=True)
class _Account:
    """What a device may still ask for; a request larger than that is let through, and paid for afterwards."""

    requests: float
    bytes: float
    at: float


class Throttle:
    """The accounts of all devices that speak to this process."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.refused = 0
        self._seconds = seconds
        self._accounts: dict[uuid.UUID, _Account] = {}
        self._lock = threading.Lock()

    def take(self, device: uuid.UUID, size: int = 0) -> None:
        """Count one request with `size` bytes of body. Raises `Throttled` with `retry_after`, s."""
        requests, volume = Limit(*settings.DEVICE_REQUESTS), Limit(*settings.DEVICE_BYTES)
        with self._lock:
            account = self._account(device, requests, volume)
            wait = max(_wait(requests, account.requests, 1.0), _wait(volume, account.bytes, 0.0))
            if not wait:
                account.requests -= 1
                account.bytes -= size
                return
            self.refused += 1
        raise Throttled(retry_after=max(1, math.ceil(wait)))

    def forget(self) -> None:
        """Begin anew with every device."""
        with self._lock:
            self._accounts.clear()

    def _account(self, device: uuid.UUID, requests: Limit, volume: Limit) -> _Account:
        """The device's account as it stands now; the last one asked for is the last in order."""
        now = self._seconds()
        account = self._accounts.pop(device, None) or _Account(requests.burst, volume.burst, now)
        account.requests = requests.refilled(account.requests, now - account.at)
        account.bytes = volume.refilled(account.bytes, now - account.at)
        account.at = now
        self._accounts[device] = account
        if len(self._accounts) > REMEMBERED:
            del self._accounts[next(iter(self._accounts))]
        return account


def _wait(limit: Limit, level: float, needed: float) -> float:
    """Seconds until `level` has risen to `needed`; at once where there is no limit."""
    return (needed - level) / limit.rate if limit.rate and level < needed else 0.0


throttle = Throttle()

"""The time a device believes it is, and ids made from it."""

import datetime as dt
import random
import time
import uuid

CHINA = dt.timezone(dt.timedelta(hours=8))


class Clock:
    """Runs on from where it was last set, `skew` off the true time; never backwards unless it is set so.

    `pace` says how much of a played minute goes by in `pass_`: 1 for a whole day, 0 where the true time is to be kept.
    """

    def __init__(self, start: dt.datetime, skew: dt.timedelta = dt.timedelta(0), pace: float = 1.0) -> None:
        self.skew, self.pace = skew, pace
        self._base = start
        self._since = time.monotonic()

    def now(self) -> dt.datetime:
        """What the device shows, in China's zone."""
        run = dt.timedelta(seconds=time.monotonic() - self._since)
        return (self._base + run + self.skew).astimezone(CHINA)

    def now_ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def move_to(self, instant: dt.datetime) -> None:
        """Let it be `instant` in truth; the device goes on showing its skew."""
        self._base, self._since = instant, time.monotonic()

    def pass_(self, minutes: float) -> None:
        """Let a part of the played day go by."""
        self._base += dt.timedelta(minutes=minutes * self.pace)


def uuid7(clock: Clock, rng: random.Random) -> str:
    """A UUIDv7 (RFC 9562, 5.7) of the device's own time."""
    value = (clock.now_ms() & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76
    value |= rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=value))

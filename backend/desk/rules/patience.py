"""How often one address may ask a public page: a few at once, then one every so often. Counted per process."""

import ipaddress
import threading
from collections import OrderedDict

AT_ONCE = 20.0
PER_SECOND = 0.5
REMEMBERED = 4096
"""Addresses kept in mind; beyond them those that have been quiet longest begin anew."""


class Patience:
    """One bucket for each address; neighbours of an IPv6 network, which one line hands out freely, share theirs."""

    def __init__(self, at_once: float = AT_ONCE, per_second: float = PER_SECOND) -> None:
        self._at_once, self._per_second = at_once, per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, address: str, now: float) -> bool:
        """Whether the address may ask at `now` (monotonic, seconds); if so, that is counted."""
        key = caller(address)
        with self._lock:
            level, at = self._levels.pop(key, (self._at_once, now))
            level = min(self._at_once, level + (now - at) * self._per_second)
            allowed = level >= 1.0
            self._levels[key] = (level - 1.0 if allowed else level, now)
            if len(self._levels) > REMEMBERED:
                self._levels.popitem(last=False)
        return allowed

    def forget(self) -> None:
        with self._lock:
            self._levels.clear()


def caller(address: str) -> str:
    """Who is counted as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network(f"{found}/64", strict=False))

"""The generic HTTP gateway for SMS or WeChat Work: one signed POST per message, to one configured address.

The address is set by whoever runs the server, and still is not trusted to stay where it was: its name is resolved once
per message, every address it has must be public (unless private ones are allowed by configuration), the connection
goes to the address that was checked, redirects are not followed, and the answer is read only so far.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from backend.core import clock
from backend.environment import Gateway

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
MOST_ANSWER = 64 * 1024


class Undelivered(Exception):
    """A channel did not take a message. `final`: it never will."""

    def __init__(self, fault: str, *, final: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.final = final


def send(*, to: str, text: str, id: str) -> None:
    """Hand one message to the gateway; `id` lets it recognise a repetition. Raises `Undelivered`."""
    gateway = settings.GATEWAY
    if gateway is None:
        raise Undelivered("渠道未启用", final=True)
    body, filetype = composed(gateway.body, {"to": to, "text": text, "id": id})
    headers = {"Content-Type": filetype, "User-Agent": "dudao", "Idempotency-Key": id} | signed(gateway.secret, body)
    try:
        status, answer = _post(gateway, body, headers)
    except (OSError, http.client.HTTPException) as fault:
        raise Undelivered(f"网关无应答（{type(fault).__name__}）") from fault
    if not 200 <= status < 300:
        raise Undelivered(f"网关返回 {status}", final=400 <= status < 500 and status not in (408, 425, 429))
    if not accepted(gateway.success, answer):
        raise Undelivered("网关未接受")


def composed(template: str, values: Mapping[str, str]) -> tuple[bytes, str]:
    """The body and its type: a template that is JSON stays JSON whatever the values hold; any other is a form."""
    try:
        shape = json.loads(template)
    except ValueError:
        form = template
        for name, value in values.items():
            form = form.replace(f"{{{name}}}", quote(value, safe=""))
        return form.encode(), "application/x-www-form-urlencoded"
    return json.dumps(_filled(shape, values), ensure_ascii=False).encode(), "application/json"


def _filled(shape: Any, values: Mapping[str, str]) -> Any:
    if isinstance(shape, dict):
        return {name: _filled(each, values) for name, each in shape.items()}
    if isinstance(shape, list):
        return [_filled(each, values) for each in shape]
    if isinstance(shape, str):
        for name, value in values.items():
            shape = shape.replace(f"{{{name}}}", value)
    return shape


def signed(secret: str, body: bytes) -> dict[str, str]:
    """`X-Dudao-Signature`: hex HMAC-SHA256 of the time stamp, a full stop and the body; nothing without a secret."""
    if not secret:
        return {}
    stamp = str(clock.now_ms() // 1000)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return {"X-Dudao-Timestamp": stamp, "X-Dudao-Signature": mac.hexdigest()}


def accepted(success: str, answer: bytes) -> bool:
    """Whether the answer holds the configured sign of success, `member=value` of its JSON; any does without one."""
    if not success:
        return True
    name, _, wanted = success.partition("=")
    try:
        told = json.loads(answer)
    except ValueError:
        return False
    return isinstance(told, dict) and str(told.get(name)) == wanted


def _post(gateway: Gateway, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(gateway.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = resolved(host, port, private=gateway.private)
    line = _Pinned(host, port, address, secure=secure)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, body, dict(headers))
        answer = line.getresponse()
        return answer.status, answer.read(MOST_ANSWER)
    finally:
        line.close()


def resolved(host: str, port: int, *, private: bool) -> str:
    """An address of `host`, all of whose addresses may be spoken to. Raises `Undelivered`, `OSError`."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for each in found:
        if not private and not _is_public(each):
            raise Undelivered("网关地址指向内网", final=True)
    return min(found)


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)


class _Pinned(http.client.HTTPConnection):
    """Speaks to `address`, and is `host` to the certificate and to the server. One time limit for each step."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=ANSWER_SECONDS)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        line = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        line.settimeout(ANSWER_SECONDS)
        if self._secure:
            line = ssl.create_default_context().wrap_socket(line, server_hostname=self.host)
        self.sock = line

"""The HTTP gateway: what is posted, how it is signed, where it will not go."""

import hashlib
import hmac
import json
import socket
from typing import Any

import pytest

from backend import environment as env
from backend.core import clock
from backend.environment import EnvironmentFault, Gateway
from backend.notices.services import gateway
from backend.notices.services.gateway import Undelivered
from tests.notices.posts import GatewayServer, gateway_server

pytestmark = pytest.mark.once

WECHAT = '{"touser": "{to}", "msgtype": "text", "text": {"content": "【督导】{text}"}, "tags": ["{id}"]}'


@pytest.fixture
def server() -> Any:
    with gateway_server() as found:
        yield found


def configure(settings: Any, server: GatewayServer, **more: Any) -> None:
    about: dict[str, Any] = {"url": server.url, "body": WECHAT, "private": True}
    settings.GATEWAY = Gateway(**(about | more))


def send(to: str = "13800000000") -> None:
    gateway.send(to=to, text="您有新任务", id="dudao-1")


def refusal(to: str = "1") -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        send(to)
    return caught.value


def test_a_json_template_stays_json_whatever_it_is_filled_with(settings: Any, server: GatewayServer) -> None:
    configure(settings, server)
    hostile = '","text":{"content":"别的"},"x":"{text}'
    send(hostile)
    [(path, headers, body)] = server.received
    assert (path, headers["content-type"], headers["idempotency-key"]) == ("/send?key=k", "application/json", "dudao-1")
    told = json.loads(body)
    assert set(told) == {"touser", "msgtype", "text", "tags"}
    assert (told["text"]["content"], told["tags"]) == ("【督导】您有新任务", ["dudao-1"])


def test_any_other_template_is_a_form(settings: Any, server: GatewayServer) -> None:
    configure(settings, server, body="mobile={to}&content={text}")
    send("1&content=2")
    [(_, headers, body)] = server.received
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert body == b"mobile=1%26content%3D2&content=%E6%82%A8%E6%9C%89%E6%96%B0%E4%BB%BB%E5%8A%A1"


def test_a_message_is_signed_with_its_time(settings: Any, server: GatewayServer) -> None:
    configure(settings, server, secret="s3cret")
    send()
    [(_, headers, body)] = server.received
    stamp = headers["x-dudao-timestamp"]
    assert abs(int(stamp) - clock.now_ms() // 1000) < 600
    expected = hmac.new(b"s3cret", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["x-dudao-signature"] == expected


def test_without_a_secret_nothing_is_signed(settings: Any, server: GatewayServer) -> None:
    configure(settings, server)
    send()
    assert not [name for name in server.received[0][1] if name.startswith("x-dudao")]


@pytest.mark.parametrize(("status", "final"), [(500, False), (429, False), (408, False), (400, True), (404, True)])
def test_a_refusal_is_final_where_trying_again_is_no_use(
    status: int, final: bool, settings: Any, server: GatewayServer
) -> None:
    configure(settings, server)
    server.status = status
    fault = refusal()
    assert (fault.fault, fault.final) == (f"网关返回 {status}", final)


def test_an_answer_without_the_sign_of_success_is_none(settings: Any, server: GatewayServer) -> None:
    configure(settings, server, success="errcode=0")
    send()
    for answer in (b'{"errcode": 40014}', b"[]", b"<html>", b""):
        server.answer = answer
        assert refusal().fault == "网关未接受"


def test_a_redirect_is_not_followed(settings: Any, server: GatewayServer) -> None:
    configure(settings, server)
    server.status, server.location = 302, "http://127.0.0.1:1/elsewhere"
    assert refusal().fault == "网关返回 302"
    assert len(server.received) == 1


def test_an_answer_is_read_only_so_far(settings: Any, server: GatewayServer) -> None:
    configure(settings, server, success="errcode=0")
    server.answer = b'{"errcode": 0}'.ljust(gateway.MOST_ANSWER + 1) + b"x"
    send()


def test_nobody_there_is_tried_again(settings: Any, server: GatewayServer) -> None:
    configure(settings, server, url="http://127.0.0.1:9/")
    assert refusal().final is False


PRIVATE = ["127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"]


@pytest.mark.parametrize("address", [*PRIVATE, "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.8", "2002:0a00:0008::"])
def test_an_address_inside_is_refused_unless_allowed(
    address: str, settings: Any, server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what its name means now, not by how it is written."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.216.34", address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    configure(settings, server, url="https://gateway.example.org/", private=False)
    fault = refusal()
    assert (fault.fault, fault.final, server.received) == ("网关地址指向内网", True, [])


def test_the_connection_goes_to_the_address_that_was_checked(
    settings: Any, server: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.url.split(":")[2].split("/")[0])
    asked: list[str] = []

    def once(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", once)
        configure(settings, server, url=f"http://gateway.example.org:{port}/")
        send()
    assert [host for host in asked if host == "gateway.example.org"] == ["gateway.example.org"]
    assert server.received[0][1]["host"] == f"gateway.example.org:{port}"


def test_it_is_off_unless_configured(settings: Any) -> None:
    assert settings.GATEWAY is None
    assert refusal().final is True


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"DUDAO_GATEWAY": "http://gateway.example.org/"}, "HTTPS"),
        ({"DUDAO_GATEWAY": "ftp://gateway.example.org/"}, "DUDAO_GATEWAY"),
        ({"DUDAO_GATEWAY": "https://gateway.example.org/", "DUDAO_GATEWAY_BODY": '{"a": "{to}"}'}, "text"),
        ({"DUDAO_EMAIL": "http://mail.example.org"}, "DUDAO_EMAIL"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(
    values: dict[str, str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(EnvironmentFault, match=word):
        (env.gateway(), env.mail())


def test_mail_is_configured_by_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.mail() == {}
    monkeypatch.setenv("DUDAO_EMAIL", "starttls://office%40example.org:p%3Aw@mail.example.org")
    told = env.mail()
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"], told["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert (told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"]) == ("office@example.org", "p:w")

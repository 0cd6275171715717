"""Location is absolute and says what the client's proxies say, if they are ours."""

import pytest


@pytest.mark.parametrize(
    ("proxies", "headers", "expected"),
    [
        (0, {}, "http://127.0.0.1:{port}/"),
        (0, {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}, "http://127.0.0.1:{port}/"),
        (1, {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "dudao.example"}, "https://dudao.example/"),
        (1, {"X-Forwarded-Proto": "http, https"}, "https://127.0.0.1:{port}/"),
        (2, {"X-Forwarded-Host": "evil.example, dudao.example, inner:81"}, "http://dudao.example/"),
    ],
)
def test_location(tus, running, promise, settings, proxies, headers, expected):
    settings.TRUSTED_PROXIES = proxies
    settings.ALLOWED_HOSTS = ["127.0.0.1", "dudao.example", "inner"]
    promise(b"abc")
    location = tus.create(b"abc", headers=headers).headers["location"]
    assert location.startswith(expected.format(port=running.port) + "api/v1/uploads/")


def test_a_forwarded_scheme_that_is_none_is_refused(tus, promise, settings):
    settings.TRUSTED_PROXIES = 1
    promise(b"abc")
    assert tus.create(b"abc", headers={"X-Forwarded-Proto": "javascript"}).status_code == 400

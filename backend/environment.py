"""Reading the process environment; wrong values fail loudly at start.

Every variable is documented in docs/operations.md.
"""

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


class EnvironmentFault(Exception):
    """A variable holds a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise EnvironmentFault(f"{name} must be yes or no, not {value!r}")


def whole(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None or not value.strip():
        return default
    try:
        return int(value)
    except ValueError as fault:
        raise EnvironmentFault(f"{name} must be a whole number, not {value!r}") from fault


def limit(name: str, default: str) -> tuple[float, float]:
    """`rate/burst`: how much per second on end, and how much at once; `0` for no limit."""
    value = text(name).strip() or default
    rate, _, burst = value.partition("/")
    try:
        found = float(rate), float(burst or "1")
    except ValueError as fault:
        raise EnvironmentFault(f"{name} must be rate/burst, such as {default}, not {value!r}") from fault
    if not (0 <= found[0] < float("inf") and 1 <= found[1] < float("inf")):
        raise EnvironmentFault(f"{name} must be rate/burst, such as {default}, not {value!r}")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_key(name: str, folder: Path) -> str:
    """The variable, else the key kept in `folder`, made at the first start and readable by its owner alone."""
    if value := os.environ.get(name):
        return value
    file = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text().strip()


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3-compatible bucket. `prefix` ends in `/` or is empty, `endpoint` empty for Amazon's own; `cache` in bytes.

    Without `key` and `secret` the usual places are asked (`AWS_*`, the machine's role).
    """

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    addressing: str = "auto"
    cache: int = 2**30


BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


def bucket() -> Bucket | None:
    """Where files lie: None for the data folder, else the bucket of `DUDAO_STORAGE`, `DUDAO_S3_*`."""
    address = text("DUDAO_STORAGE").strip()
    if address in {"", "local"}:
        return None
    scheme, _, rest = address.partition("://")
    name, _, prefix = rest.partition("/")
    if scheme != "s3" or not BUCKET_NAME.fullmatch(name):
        raise EnvironmentFault(f"DUDAO_STORAGE must be empty or s3://bucket/prefix, not {address!r} (存储位置有误)")
    prefix = prefix.strip("/")
    return Bucket(
        name=name,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=_endpoint("DUDAO_S3_ENDPOINT"),
        region=text("DUDAO_S3_REGION") or text("AWS_REGION") or text("AWS_DEFAULT_REGION"),
        addressing=_one_of("DUDAO_S3_ADDRESSING", "auto", "path", "virtual"),
        cache=whole("DUDAO_S3_CACHE", 2**30),
        **_credentials(),
    )


def _credentials() -> dict[str, str]:
    key, secret = text("DUDAO_S3_ACCESS_KEY"), text("DUDAO_S3_SECRET_KEY")
    if bool(key) != bool(secret):
        raise EnvironmentFault("DUDAO_S3_ACCESS_KEY and DUDAO_S3_SECRET_KEY go together (密钥须成对给出)")
    return {"key": key, "secret": secret}


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where messages go that are to reach people by SMS or WeChat Work; see docs/operations.md."""

    url: str
    body: str
    secret: str = field(default="", repr=False)
    success: str = ""
    private: bool = False


def gateway() -> Gateway | None:
    """The gateway of `DUDAO_GATEWAY…`; None: there is none. Without TLS only inside the own network."""
    url, private = _endpoint("DUDAO_GATEWAY"), flag("DUDAO_GATEWAY_PRIVATE")
    if not url:
        return None
    if not private and urlsplit(url).scheme != "https":
        raise EnvironmentFault(
            "DUDAO_GATEWAY must be https://… unless DUDAO_GATEWAY_PRIVATE=yes (短信网关须使用 HTTPS)"
        )
    body = text("DUDAO_GATEWAY_BODY") or '{"to": "{to}", "text": "{text}", "id": "{id}"}'
    if "{to}" not in body or "{text}" not in body:
        raise EnvironmentFault("DUDAO_GATEWAY_BODY must name {to} and {text} (短信模板须包含 {to} 和 {text})")
    return Gateway(url, body, text("DUDAO_GATEWAY_SECRET"), text("DUDAO_GATEWAY_SUCCESS"), private)


MAIL_SCHEMES = {"smtp": (25, {}), "smtps": (465, {"EMAIL_USE_SSL": True}), "starttls": (587, {"EMAIL_USE_TLS": True})}


def mail() -> dict[str, Any]:
    """Django's EMAIL_* settings of `DUDAO_EMAIL` (`smtp|smtps|starttls://user:password@host:port`); none: off."""
    address = text("DUDAO_EMAIL").strip()
    if not address:
        return {}
    parts = urlsplit(address)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        raise EnvironmentFault(
            "DUDAO_EMAIL must be smtp://, smtps:// or starttls://user:password@host (邮件服务器地址有误)"
        )
    port, more = MAIL_SCHEMES[parts.scheme]
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_TIMEOUT": 15,
        **more,
    }


def _endpoint(name: str) -> str:
    value = text(name).strip()
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise EnvironmentFault(f"{name} must be http(s)://host:port, not {value!r} (服务地址有误)")
    return value


def _one_of(name: str, *allowed: str) -> str:
    value = text(name).strip() or allowed[0]
    if value not in allowed:
        raise EnvironmentFault(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def terms(name: str, default: str, kinds: frozenset[str]) -> dict[str, int]:
    """`kind=days,…`: for how many days something is kept; a kind that is not named, or 0, for ever."""
    found: dict[str, int] = {}
    for part in words(name, default):
        kind, _, days = part.partition("=")
        if kind not in kinds or not days.isascii() or not days.isdigit():
            raise EnvironmentFault(f"{name} must be such as {default}, not {part!r} (保存期限有误)")
        found[kind] = int(days)
    return {kind: days for kind, days in found.items() if days}


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `sqlite:///path` or `postgresql://user:password@host:port/name`.

    SQLite runs in WAL with synchronous=FULL, because phones delete their copy of what we acknowledge,
    and begins every transaction IMMEDIATE, so that a writer waits for the lock instead of failing half-way.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(parts.path)
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": _postgresql_options(),
        }
    raise EnvironmentFault(f"DUDAO_DATABASE must begin with sqlite:// or postgresql://, not {parts.scheme!r}")


def _postgresql_options() -> dict[str, Any]:
    """Parameters travel beside the statement. The driver prepares none by itself: those of which the texts never change
    stay prepared by `core.prepared`, all others are planned for the values they come with."""
    pool = whole("DUDAO_POOL", 8)
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": None}
    return options | ({"pool": {"min_size": 1, "max_size": pool}} if pool else {})


WAL_PAGES = 8_000
"""Pages (32 MB) of SQLite's write-ahead log after which a commit also carries them over into the database. A push of a
visit writes 160, mostly the same as the one before it; every 1,000, as SQLite would, each was carried over six times.
"""


def _sqlite(path: str) -> dict[str, Any]:
    file = path[1:] if path.startswith("//") else path
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "backend.core.sqlite",
        "NAME": file,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;"
            f" PRAGMA wal_autocheckpoint={WAL_PAGES};",
        },
    }

"""Blobs in an S3-compatible bucket.

django-storages makes the connection (credentials, endpoint, addressing); ranges and checksums, for which it has no
verbs, go through its boto3 client. That client may be used by all threads at once.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Self

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from backend.environment import Bucket
from backend.media.problems import DiskFull, StorageDown
from backend.media.storage.base import CHUNK, SHA256, checked, digest
from backend.media.storage.cache import Cache

log = logging.getLogger(__name__)

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
BEYOND = frozenset({"416", "InvalidRange"})
FULL = frozenset({"507", "InsufficientStorage", "XMinioStorageFull", "QuotaExceeded"})

CONNECT, READ, ATTEMPTS = 5, 30, 3
"""Seconds to wait for a connection and for bytes, and how often to try: a phone waits for our answer meanwhile."""


def connect(bucket: Bucket) -> Any:
    """A boto3 client for the bucket's store; one for all buckets there."""
    addressing = bucket.addressing if bucket.addressing != "auto" or not bucket.endpoint else "path"
    return _client(bucket.endpoint, bucket.region, bucket.key, bucket.secret, addressing)


@lru_cache(maxsize=8)
def _client(endpoint: str, region: str, key: str, secret: str, addressing: str) -> Any:
    config = Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=32,
        signature_version="s3v4",
        s3={"addressing_style": addressing},
        # Ours are sent on purpose; those that boto3 adds by itself are not understood by every store.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    said = {"access_key": key, "secret_key": secret, "endpoint_url": endpoint}
    said = {name: value for name, value in said.items() if value}
    files = S3Storage(region_name=region or "us-east-1", client_config=config, **said)
    return files.connection.meta.client


class BucketStorage:
    """`<prefix>ab/cd/<sha256>`, the layout of the local disk, so that a folder can be copied into a bucket as it is.

    An object appears whole or not at all, that is S3's promise; that it is ours is checked after every upload.
    """

    def __init__(self, bucket: Bucket, cache: Cache) -> None:
        self.bucket, self.cache = bucket, cache
        self.client = connect(bucket)

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if self.size(sha256) != len(data):
            self._upload(data, sha256, len(data))
        return sha256

    def adopt(self, file: Path, sha256: str) -> None:
        size = file.stat().st_size
        if not self._is_whole(sha256, size):
            with file.open("rb") as body:
                self._upload(body, sha256, size)
        self.cache.take(file, sha256)

    def size(self, sha256: str) -> int | None:
        found = self._head(sha256)
        return None if found is None else int(found["ContentLength"])

    def chunks(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        if length <= 0:
            if self.size(sha256) is None:
                raise FileNotFoundError(sha256)
            return iter(())
        with translated(sha256):
            try:
                found = self.client.get_object(**self._named(sha256), Range=f"bytes={start}-{start + length - 1}")
            except ClientError as fault:
                if _code(fault) in BEYOND:
                    return iter(())
                raise
        return _Pieces(found["Body"], sha256)

    def local(self, sha256: str) -> Path:
        if path := self.cache.find(sha256):
            return path
        size = self.size(sha256)
        if size is None:
            raise FileNotFoundError(sha256)
        return self.cache.fill(sha256, self.chunks(sha256, 0, size))

    def hashes(self) -> Iterator[str]:
        with translated(self.bucket.name):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket.name, Prefix=self.bucket.prefix
            )
            for page in pages:
                names = (found["Key"].rpartition("/")[2] for found in page.get("Contents", ()))
                yield from (name for name in names if SHA256.fullmatch(name))

    def delete(self, sha256: str) -> None:
        self.cache.drop(sha256)
        with translated(sha256):
            self.client.delete_object(**self._named(sha256))

    def tidy(self) -> None:
        self.cache.trim()

    def _upload(self, body: bytes | BinaryIO, sha256: str, size: int) -> None:
        with translated(sha256):
            self.client.put_object(
                **self._named(sha256),
                Body=body,
                ContentLength=size,
                ContentType="application/octet-stream",
                ChecksumSHA256=_base64(sha256),
            )
        if self._is_whole(sha256, size) or digest(self, sha256) == (sha256, size):
            return
        self.delete(sha256)
        log.error("the object store kept other bytes than it was sent: %s", sha256)
        raise StorageDown()

    def _is_whole(self, sha256: str, size: int) -> bool:
        """Whether the store itself says that these very bytes lie there; one that keeps no checksums never does."""
        found = self._head(sha256, ChecksumMode="ENABLED")
        return (
            found is not None
            and found["ContentLength"] == size
            and found.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
            and found.get("ChecksumSHA256") == _base64(sha256)
        )

    def _head(self, sha256: str, **options: Any) -> dict[str, Any] | None:
        named = self._named(sha256)
        try:
            with translated(sha256):
                return dict(self.client.head_object(**named, **options))
        except FileNotFoundError:
            return None

    def _named(self, sha256: str) -> dict[str, str]:
        checked(sha256)
        return {"Bucket": self.bucket.name, "Key": f"{self.bucket.prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """What boto3 raises, as the product says it: `FileNotFoundError`, `DiskFull`, `StorageDown`."""
    try:
        yield
    except ClientError as fault:
        if _code(fault) in MISSING:
            raise FileNotFoundError(name) from None
        if _code(fault) in FULL:
            raise DiskFull(retry_after=600) from fault
        log.error("the object store refused %s: %s", name, fault)
        raise StorageDown() from fault
    except BotoCoreError as fault:
        log.error("the object store does not answer about %s: %s", name, fault)
        raise StorageDown() from fault


def _code(fault: ClientError) -> str:
    return str(fault.response.get("Error", {}).get("Code", ""))


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


class _Pieces:
    """An object as it is read. Closed at its end, and also when whoever asked for it goes away before the beginning."""

    def __init__(self, body: Any, sha256: str) -> None:
        self._body, self._sha256 = body, sha256

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        with translated(self._sha256):
            piece: bytes = self._body.read(CHUNK)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._body.close()

    __del__ = close

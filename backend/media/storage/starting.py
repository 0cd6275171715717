"""Whether the bucket that the settings name can be used at all, asked once when a server starts."""

import logging
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from backend.environment import Bucket
from backend.media import storage
from backend.media.problems import DiskFull, StorageDown

log = logging.getLogger(__name__)


def refuse_unusable_storage() -> None:
    """Raises `ImproperlyConfigured` when the store answers and will not have us (no such bucket, wrong key, no right).

    A store that does not answer is no reason not to start: phones can hand in everything but photos.
    """
    bucket: Bucket | None = settings.BUCKET
    if bucket is None:
        return
    if said := _refusal(bucket):
        raise ImproperlyConfigured(
            f"文件存储 s3://{bucket.name}/{bucket.prefix} 无法使用，请检查 DUDAO_STORAGE、DUDAO_S3_ENDPOINT 和密钥。"
            f" DUDAO_STORAGE cannot be used: {said}"
        )


def _refusal(bucket: Bucket) -> str:
    """What the store says against writing, reading and deleting; empty when it works or does not answer."""
    from botocore.exceptions import ClientError

    store, data = storage.current(), uuid4().bytes
    try:
        sha256 = store.put(data)
        store.delete(sha256)
    except StorageDown as fault:
        if isinstance(fault.__cause__, ClientError) and _is_final(fault.__cause__):
            return str(fault.__cause__)
        log.error("DUDAO_STORAGE: s3://%s does not answer; uploads wait until it does", bucket.name)
    except FileNotFoundError:
        return "NoSuchBucket"
    except DiskFull:
        log.error("DUDAO_STORAGE: s3://%s is full", bucket.name)
    return ""


def _is_final(fault: Exception) -> bool:
    """4xx: the store understood and says no; 5xx and throttling pass by themselves."""
    status: int = getattr(fault, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return 400 <= status < 500 and status != 429

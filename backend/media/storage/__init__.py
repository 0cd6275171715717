"""Where blobs lie: by content address on the local disk or in an S3-compatible bucket, chosen by environment.

`Storage` (base.py) is all that the room asks of either.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from backend.environment import Bucket
from backend.media.storage.base import CHUNK, SHA256, Storage, digest
from backend.media.storage.files import hash_file, sync_file, sync_folder
from backend.media.storage.local import LocalStorage

__all__ = ["CHUNK", "SHA256", "LocalStorage", "Storage", "current", "digest", "hash_file", "sync_file", "sync_folder"]


def current() -> Storage:
    """The storage of this deployment."""
    if settings.BUCKET is None:
        return LocalStorage(Path(settings.BLOB_DIR))
    return _of(settings.BUCKET, Path(settings.CACHE_DIR))


@lru_cache(maxsize=8)
def _of(bucket: Bucket, folder: Path) -> Storage:
    """Connecting takes a while, so it is done once; boto3 is loaded only where there is a bucket."""
    from backend.media.storage.cache import Cache
    from backend.media.storage.s3 import BucketStorage

    return BucketStorage(bucket, Cache(folder, bucket.cache))

"""A bucket that will not have us stops the start; one that does not answer does not."""

import logging
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.media import storage
from backend.media.storage.starting import refuse_unusable_storage


@pytest.fixture
def bucket(object_store, settings, tmp_path):
    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    return settings.BUCKET


def test_a_usable_bucket_is_left_as_it_was(bucket):
    refuse_unusable_storage()
    assert list(storage.current().hashes()) == []


def test_without_a_bucket_there_is_nothing_to_ask():
    refuse_unusable_storage()


def test_a_bucket_that_is_not_there_is_refused_with_a_sentence(settings, bucket):
    settings.BUCKET = replace(bucket, name="nobody-made-it")
    with pytest.raises(ImproperlyConfigured, match=r"文件存储 s3://nobody-made-it/\w+/ 无法使用.*NoSuchBucket"):
        refuse_unusable_storage()


def test_a_store_that_does_not_answer_does_not_stop_the_start(settings, bucket, caplog):
    settings.BUCKET = replace(bucket, endpoint="http://127.0.0.1:9")
    with caplog.at_level(logging.ERROR):
        refuse_unusable_storage()
    assert "does not answer; uploads wait until it does" in caplog.text

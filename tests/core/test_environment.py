"""Settings that cannot be used stop the start with a sentence."""

import pytest

from backend import environment as env
from backend.environment import Bucket, EnvironmentFault

KINDS = frozenset({"photo", "document"})


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("address", ["", "local", " "])
def test_files_lie_in_the_data_folder_unless_told_otherwise(monkeypatch, address):
    monkeypatch.setenv("DUDAO_STORAGE", address)
    assert env.bucket() is None


def test_a_bucket_is_named_by_its_address_and_what_belongs_to_it(monkeypatch):
    monkeypatch.setenv("DUDAO_STORAGE", "s3://dudao-files/county/blobs/")
    monkeypatch.setenv("DUDAO_S3_ENDPOINT", "http://127.0.0.1:9000")
    monkeypatch.setenv("DUDAO_S3_ACCESS_KEY", "k")
    monkeypatch.setenv("DUDAO_S3_SECRET_KEY", "s")
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    found = env.bucket()
    assert found == Bucket("dudao-files", "county/blobs/", "http://127.0.0.1:9000", "cn-north-1", "k", "s")
    assert "secret" not in repr(found)


def test_without_a_prefix_the_bucket_is_ours_alone(monkeypatch):
    monkeypatch.setenv("DUDAO_STORAGE", "s3://dudao-files")
    assert env.bucket() == Bucket("dudao-files")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUDAO_STORAGE", "s3://"),
        ("DUDAO_STORAGE", "s3://Upper_Case"),
        ("DUDAO_STORAGE", "/srv/files"),
        ("DUDAO_STORAGE", "ftp://files"),
        ("DUDAO_S3_ENDPOINT", "127.0.0.1:9000"),
        ("DUDAO_S3_ENDPOINT", "http://"),
        ("DUDAO_S3_ACCESS_KEY", "alone"),
        ("DUDAO_S3_SECRET_KEY", "alone"),
        ("DUDAO_S3_ADDRESSING", "sideways"),
        ("DUDAO_S3_CACHE", "1 GB"),
    ],
)
def test_what_cannot_be_a_bucket_is_refused_by_the_name_of_the_variable(monkeypatch, name, value):
    monkeypatch.setenv("DUDAO_STORAGE", "s3://files")
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvironmentFault, match="DUDAO_S"):
        env.bucket()


def test_terms_are_days_by_kind_and_what_is_not_named_has_no_end(monkeypatch):
    assert env.terms("DUDAO_RETENTION", "photo=730", KINDS) == {"photo": 730}
    monkeypatch.setenv("DUDAO_RETENTION", "photo=0, document=3650")
    assert env.terms("DUDAO_RETENTION", "photo=730", KINDS) == {"document": 3650}


@pytest.mark.parametrize(
    "value", ["photo", "photo=two years", "photo=-1", "film=730", "photo=²", "photo=730;document=1"]
)
def test_terms_that_cannot_be_understood_are_refused(monkeypatch, value):
    monkeypatch.setenv("DUDAO_RETENTION", value)
    with pytest.raises(EnvironmentFault, match="DUDAO_RETENTION"):
        env.terms("DUDAO_RETENTION", "photo=730", KINDS)

"""`make lock` leaves packages and hashes as they are and takes the addresses out."""

from tools.lock import strip_addresses

LOCK = {
    "_meta": {
        "hash": {"sha256": "5b1a"},
        "pipfile-spec": 6,
        "requires": {},
        "sources": [{"name": "mirror", "url": "https://mirror.invalid/simple", "verify_ssl": True}],
    },
    "default": {"django": {"hashes": ["sha256:aa"], "index": "mirror", "version": "==5.2.1"}},
    "develop": {"pytest": {"hashes": ["sha256:bb"], "markers": "python_version >= '3.10'", "version": "==9.0.0"}},
}


def test_sources_and_indexes_go_and_the_rest_stays() -> None:
    assert strip_addresses(LOCK) == {
        "_meta": {"hash": {"sha256": "5b1a"}, "pipfile-spec": 6, "requires": {}, "sources": []},
        "default": {"django": {"hashes": ["sha256:aa"], "version": "==5.2.1"}},
        "develop": {"pytest": {"hashes": ["sha256:bb"], "markers": "python_version >= '3.10'", "version": "==9.0.0"}},
    }

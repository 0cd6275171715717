"""Sealed files: they open whole and unchanged, or not at all."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.backups.problems import Damaged, WrongKey
from backend.backups.rules import sealing
from backend.backups.rules.sealing import CHUNK, HEADER, TAG, Keyring, sealed_size

KEYS = Keyring(b"correct horse battery staple")
KEY = KEYS.fresh()
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7)


def data_of(size: int) -> bytes:
    return bytes(place % 251 for place in range(1000)) * (size // 1000) + b"x" * (size % 1000)


def seal(data: bytes, role: str = "part") -> bytes:
    return b"".join(sealing.seal([data], KEY, role))


def unseal(sealed: bytes, role: str = "part", keys: Keyring = KEYS) -> bytes:
    return b"".join(sealing.unseal([sealed], keys, role))


def chunks(sealed: bytes) -> list[bytes]:
    rest = sealed[HEADER.size :]
    return [rest[start : start + CHUNK + TAG] for start in range(0, len(rest), CHUNK + TAG)]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_unsealed_and_its_length_is_known_beforehand(size: int):
    data = data_of(size)
    sealed = seal(data)
    assert len(sealed) == sealed_size(size)
    assert unseal(sealed) == data


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(1, 50))
def test_it_does_not_matter_how_the_bytes_come(pieces: list[bytes], step: int):
    sealed = b"".join(sealing.seal(pieces, KEY, "part"))
    parts = [sealed[start : start + step] for start in range(0, len(sealed), step)]
    assert b"".join(sealing.unseal(parts, KEYS, "part")) == b"".join(pieces)


def test_a_file_that_was_cut_does_not_open():
    sealed = seal(data_of(2 * CHUNK + 10))
    ends = [0, 7, HEADER.size, HEADER.size + 5, HEADER.size + CHUNK + TAG, HEADER.size + 2 * (CHUNK + TAG)]
    for end in [*ends, len(sealed) - 1]:
        with pytest.raises(Damaged):
            unseal(sealed[:end])


def test_chunks_cannot_be_swapped_repeated_left_out_or_added():
    data = data_of(3 * CHUNK)
    sealed = seal(data)
    head, (one, two, three) = sealed[: HEADER.size], chunks(sealed)
    assert unseal(head + one + two + three) == data
    for wrong in ((two, one, three), (one, one, three), (one, three), (one, two), (one, two, three, three)):
        with pytest.raises(Damaged):
            unseal(head + b"".join(wrong))


def test_chunks_of_another_file_of_the_same_key_do_not_fit():
    mine, other = seal(data_of(CHUNK + 1)), seal(data_of(CHUNK + 1))
    assert mine != other
    with pytest.raises(Damaged):
        unseal(mine[: HEADER.size] + chunks(mine)[0] + chunks(other)[1])
    with pytest.raises(Damaged):
        unseal(other[: HEADER.size] + mine[HEADER.size :])


@given(st.data())
def test_no_bit_can_be_changed(data: st.DataObject):
    sealed = bytearray(seal(b"a short text"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    if sealed[8] > 16:
        return  # a forged cost is dear to try; the next test bounds it
    with pytest.raises((Damaged, WrongKey)):
        unseal(bytes(sealed))


def test_a_forged_cost_is_refused_before_it_costs_anything():
    sealed = bytearray(seal(b"text"))
    sealed[8] = 63
    with pytest.raises(Damaged):
        unseal(bytes(sealed))


def test_one_part_cannot_stand_for_another():
    with pytest.raises(Damaged):
        unseal(seal(b"text", "blobs.txt"), "manifest.json")


def test_a_wrong_key_is_told_from_a_damaged_file():
    with pytest.raises(WrongKey):
        unseal(seal(b"text"), keys=Keyring(b"another key altogether"))


def test_names_under_a_key_say_nothing_about_the_hash():
    digest = bytes(32)
    names = {KEY.name_of(digest), KEYS.fresh().name_of(digest), KEY.name_of(b"\1" * 32), digest.hex()}
    assert len(names) == 4
    assert KEY.name_of(digest) == KEY.name_of(digest)
    assert {len(name) for name in names} == {64}


def test_memory_stays_flat():
    def large() -> Iterator[bytes]:
        for _ in range(48):
            yield bytes(CHUNK)

    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in sealing.unseal(sealing.seal(large(), KEY, "part"), KEYS, "part"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 48 * CHUNK
    assert peak < 16 * CHUNK

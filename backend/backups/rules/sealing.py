"""Encryption of files: AES-256-GCM over numbered chunks, so that memory stays flat and nothing can be cut or moved.

A sealed file is a header and chunks. The header says how the key was made of the secret (scrypt, RFC 7914) and holds a
salt of the file's own; from both HKDF (RFC 5869) makes the file's key and the first seven bytes of its nonces. The
rest of a nonce is the chunk's number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015), so a file that is cut, lengthened or reordered does not open. The header and the `role` of the
file (which part of which backup) are authenticated with every chunk.
"""

import hmac
import secrets
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from backend.backups.problems import Damaged, WrongKey

CHUNK = 1024 * 1024
"""Bytes of plain text in every chunk but the last."""

TAG = 16
MAGIC = b"DUDAOBK1"
HEADER = struct.Struct(">8sB16s16s32s")
"""Magic, log2 of scrypt's N, salt of the key, check value of the key, salt of the file."""

COST = 15
"""log2 of scrypt's N (r 8, p 1): 32 MiB and about a tenth of a second."""

MOST_COST = 20
"""A forged header must not make us spend gigabytes."""

SHORTEST_SECRET = 12
"""Bytes."""


@dataclass(frozen=True)
class Key:
    """The master key of one backup folder. `check` tells a wrong key from a damaged file; it opens nothing."""

    master: bytes = field(repr=False)
    salt: bytes
    cost: int
    check: bytes

    def name_of(self, digest: bytes) -> str:
        """The name under which bytes of this SHA-256 are kept: it says nothing about them to whoever lacks the key."""
        return hmac.digest(_expand(self.master, b"", b"blob names", 32), digest, "sha256").hex()


class Keyring:
    """What the operator gave, and the keys already made of it: scrypt is slow on purpose."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: dict[tuple[bytes, int], Key] = {}

    def fresh(self) -> Key:
        return self.key(secrets.token_bytes(16), COST)

    def key(self, salt: bytes, cost: int) -> Key:
        if not 1 <= cost <= MOST_COST:
            raise Damaged(detail="加密文件的文件头已损坏。")
        if (salt, cost) not in self._keys:
            master = Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(self._secret)
            self._keys[salt, cost] = Key(master, salt, cost, _expand(master, b"", b"check", 16))
        return self._keys[salt, cost]

    def checked(self, salt: bytes, cost: int, check: bytes) -> Key:
        """Raises `WrongKey`."""
        key = self.key(salt, cost)
        if not hmac.compare_digest(key.check, check):
            raise WrongKey()
        return key


@dataclass(frozen=True)
class _Cipher:
    """One file's key; `associated` is authenticated with every chunk."""

    aead: AESGCM
    prefix: bytes
    associated: bytes

    @classmethod
    def of(cls, key: Key, header: bytes, role: str) -> Self:
        material = _expand(key.master, header[-32:], b"file", 39)
        return cls(AESGCM(material[:32]), material[32:], header + role.encode())

    def nonce(self, number: int, last: bool) -> bytes:
        return self.prefix + struct.pack(">I?", number, last)

    def seal(self, number: int, last: bool, data: bytes) -> bytes:
        return self.aead.encrypt(self.nonce(number, last), data, self.associated)

    def open(self, number: int, last: bool, data: bytes) -> bytes:
        try:
            return self.aead.decrypt(self.nonce(number, last), data, self.associated)
        except InvalidTag:
            raise Damaged(detail="加密文件的内容被改动、截断或调换。") from None


def seal(pieces: Iterable[bytes], key: Key, role: str) -> Iterator[bytes]:
    """The sealed file of these bytes, header first. `role` names what the file is; `unseal` must be told the same."""
    header = HEADER.pack(MAGIC, key.cost, key.salt, key.check, secrets.token_bytes(32))
    yield header
    cipher = _Cipher.of(key, header, role)
    for number, last, data in _numbered(_in_chunks(pieces, CHUNK)):
        yield cipher.seal(number, last, data)


def unseal(pieces: Iterable[bytes], keys: Keyring, role: str) -> Iterator[bytes]:
    """The plain bytes. Raises `WrongKey`, and `Damaged` for a file that is not whole, not ours or not of this role.

    What was yielded before `Damaged` is genuine; that it is all of it is known only at the end.
    """
    source = iter(_with_header(pieces))
    header = next(source)
    cipher = _Cipher.of(keys.checked(*terms(header)), header, role)
    for number, last, data in _numbered(_in_chunks(source, CHUNK + TAG)):
        yield cipher.open(number, last, data)


def sealed_size(size: int) -> int:
    """Length in bytes of the sealed file of `size` bytes."""
    return HEADER.size + size + TAG * max(1, -(-size // CHUNK))


def terms(header: bytes) -> tuple[bytes, int, bytes]:
    """Salt, cost and check value of the key a file was sealed with. Raises `Damaged`."""
    if len(header) != HEADER.size or not header.startswith(MAGIC):
        raise Damaged(detail="文件不是本系统的加密备份，或文件头已损坏。")
    _, cost, salt, check, _ = HEADER.unpack(header)
    return salt, cost, check


def _with_header(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The header as a piece of its own, then the rest."""
    source = iter(pieces)
    head = b""
    while len(head) < HEADER.size and (piece := next(source, b"")):
        head += piece
    yield head[: HEADER.size]
    yield head[HEADER.size :]
    yield from source


def _in_chunks(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of exactly `size`, the last one shorter; one empty piece for nothing at all."""
    waiting = bytearray()
    any_full = False
    for piece in pieces:
        waiting += piece
        while len(waiting) >= size:
            any_full = True
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting or not any_full:
        yield bytes(waiting)


def _numbered(chunks: Iterator[bytes]) -> Iterator[tuple[int, bool, bytes]]:
    """Each chunk with its number and whether it is the last."""
    number, held = 0, next(chunks)
    for following in chunks:
        yield number, False, held
        number, held = number + 1, following
    yield number, True, held


def _expand(master: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=b"dudao backup " + purpose).derive(master)

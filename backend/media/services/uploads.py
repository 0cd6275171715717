"""Creating, writing, and ending resumable uploads. Every function here blocks: callers run them in threads."""

import datetime as dt
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from django.conf import settings

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound, Throttled, TooLarge
from backend.core.ids import uuid7
from backend.core.lookup import find, find_one
from backend.journal import rows
from backend.journal.turnstile import turn
from backend.media.models import Expectation, Upload
from backend.media.models.upload import UploadState, part_path
from backend.media.parts import Part
from backend.media.problems import Corrupt, DiskFull, Gone, Locked
from backend.media.rules import acceptance
from backend.media.services import quotas, receiving

MAX_SIZE = 64 * 1024 * 1024
"""Bytes of one upload (sync protocol, Uploads)."""

LIFETIME = dt.timedelta(days=14)
"""How long an unfinished upload is kept (sync protocol, Uploads)."""

RESERVE = 64 * 1024 * 1024
"""Bytes of the disk that uploads leave free: the database shares it."""


def create(*, actor: Actor, evidence_id: str, sha256: str, filetype: str, size: int, metadata: str = "") -> Upload:
    """A new upload for an evidence that is in custody for `actor`.

    `metadata` is the client's header, given back on HEAD. Raises `TooLarge`, `UnsupportedType`, `DiskFull`,
    `Throttled`, and `Forbidden` for an evidence that does not exist as well as for somebody else's.
    """
    if size > MAX_SIZE:
        raise TooLarge("too_large", "文件超过 64 MB，无法上传。")
    expected = _expected(actor, evidence_id, sha256)
    acceptance.check_declared(filetype or expected.filetype, size, expected.purpose)
    _need_room(size)
    _need_quota(expected, size)
    upload = Upload(
        id=uuid7(),
        expectation=expected,
        owner_id=expected.owner_id,
        size=size,
        metadata=metadata,
        expires_at=clock.now() + LIFETIME,
    )
    Part.create(upload.path)
    with turn():
        rows.insert([upload])
    return upload


def _expected(actor: Actor, evidence_id: str, sha256: str) -> Expectation:
    """The owner's expectation; of several for one id, that of the named hash, else the latest."""
    evidence_id = evidence_id.replace("\0", "\N{REPLACEMENT CHARACTER}")  # no database holds or compares NUL
    named = find(Expectation, owner_id=_person(actor), county_id=actor.county_id, evidence_id=evidence_id)
    found = sorted(named, key=lambda row: (row.created_at, row.pk), reverse=True)
    if not found:
        raise Forbidden("no_such_evidence", "没有等待上传的此项证据。")
    return next((row for row in found if row.sha256 == sha256), found[0])


def _person(actor: Actor) -> int:
    """Raises `Forbidden` for the system, which uploads nothing."""
    if actor.user_id is None:
        raise Forbidden()
    return actor.user_id


def _need_quota(expected: Expectation, size: int) -> None:
    """Raises `Throttled`. A phone that begins the same file anew is not shut out by what it left behind."""
    try:
        quotas.check(owner_id=expected.owner_id, size=size)
    except Throttled:
        if not _give_up_earlier(expected):
            raise
        quotas.check(owner_id=expected.owner_id, size=size)


def _give_up_earlier(expected: Expectation) -> int:
    """End the unfinished uploads of this very evidence that nobody is writing to; how many."""
    count = 0
    for upload in find(Upload, expectation_id=expected.pk, state=UploadState.OPEN):
        with suppress(Locked, Gone):
            held = hold(upload)
            if isinstance(held, Writing):
                with held:
                    end(held, UploadState.ENDED)
                count += 1
    return count


def _need_room(size: int) -> None:
    if shutil.disk_usage(Path(settings.DATA_DIR)).free < size + RESERVE:
        raise DiskFull(retry_after=600)


def _key(upload_id: str) -> uuid.UUID:
    """Raises `NotFound` for anything but the one way in which we write an id."""
    try:
        key = uuid.UUID(upload_id)
    except ValueError:
        raise NotFound("upload") from None
    if str(key) != upload_id:
        raise NotFound("upload")
    return key


def _look(key: uuid.UUID, actor: Actor) -> Upload:
    """The actor's upload. Raises `NotFound` for unknown ids and those of others alike, `Gone` for one that ended."""
    upload = find_one(Upload, related=("expectation",), id=key, owner_id=_person(actor))
    if upload is None or upload.expectation.county_id != actor.county_id:
        raise NotFound("upload")
    _refuse_ended(upload)
    return upload


def _refuse_ended(upload: Upload) -> None:
    """Raises `Gone` with the reason when nothing more can be asked of this upload."""
    if upload.state == UploadState.CORRUPT:
        raise Gone(Corrupt.code, Corrupt.detail)
    if upload.state == UploadState.ENDED:
        raise Gone()
    if upload.state == UploadState.EXPIRED or upload.expires_at <= clock.now():
        raise Gone("expired", "此上传已过期，请重新上传。")


class Writing:
    """An upload whose part this process holds. Not for two threads at once, except `close`."""

    def __init__(self, upload: Upload, part: Part) -> None:
        self.upload, self.part = upload, part
        self.start = self.offset = part.size

    @property
    def room(self) -> int:
        """Bytes still wanted."""
        return self.upload.size - self.offset

    def append(self, data: bytes) -> None:
        """Raises `DiskFull`; `offset` then counts what fitted. Raises `TooLarge` for bytes after the declared end."""
        if len(data) > self.room:
            raise TooLarge("too_large", "发送的内容超过了声明的文件大小。")
        try:
            self.part.append(data, self.offset)
        finally:
            self.offset = self.part.size

    def undo(self) -> None:
        """Forget what this request brought."""
        self.part.cut(self.start)
        self.offset = self.start

    def keep(self) -> None:
        """Make what arrived durable and known. With the last byte: verify. Raises `Corrupt`."""
        if self.offset != self.upload.offset:
            if self.room:
                self.part.sync()  # the whole is made durable where it is verified
            self.upload.offset = self.offset
            with turn():
                rows.upsert([self.upload], unique=["pk"], update=["offset"])
        if not self.room:
            receiving.receive(upload=self.upload)

    def close(self) -> None:
        self.part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


def begin(*, actor: Actor, upload_id: str, offset: int | None = None) -> Writing | Upload:
    """Take the upload for writing, at `offset` if one is given; or the upload itself when it is complete.

    Raises `Locked` when another request holds it, `Conflict` when it stands elsewhere, and as `stand`.
    """
    key = _key(upload_id)
    held = _hold(part_path(key), lambda: _look(key, actor))
    try:
        _same_offset(held.offset, offset)
    except Conflict:
        if isinstance(held, Writing):
            held.close()
        raise
    return held


def hold(upload: Upload) -> Writing | Upload:
    """Take an open upload for writing; or the upload itself when it turns out to be complete.

    Raises `Locked`, `Gone`.
    """

    def look() -> Upload:
        upload.refresh_from_db()
        if upload.state != UploadState.OPEN:  # one that is too old is taken too, to be ended
            _refuse_ended(upload)
        return upload

    return _hold(upload.path, look)


def _hold(path: Path, look: Callable[[], Upload]) -> Writing | Upload:
    """Lock first, then look: what was read before the lock may have been finished meanwhile."""
    try:
        part = Part(path)
    except Locked:
        look()  # who may not know of this upload is not told that somebody writes
        raise
    except FileNotFoundError:
        return _without_part(look())
    try:
        upload = look()
    except BaseException:
        part.close()
        raise
    if upload.state == UploadState.OPEN:
        return Writing(upload, part)
    part.close()
    return upload


def _without_part(upload: Upload) -> Upload:
    """The part is gone: finished by another request, or by a process that died before it could book it."""
    if upload.state == UploadState.OPEN and not receiving.receive_moved(upload=upload):
        Upload.objects.filter(pk=upload.pk, state=UploadState.OPEN).update(state=UploadState.ENDED)
        raise Gone()
    return upload


def _same_offset(stands: int, asked: int | None) -> None:
    if asked is not None and asked != stands:
        raise Conflict("offset_differs", "续传位置与服务器记录不符，请重新查询后继续。", offset=stands)


def stand(*, actor: Actor, upload_id: str) -> Upload:
    """The upload as it stands, with `offset` as far as bytes are kept.

    What a crashed process left behind is taken up: bytes that no row knows of count, and a complete part is verified.
    While another request writes, the offset is that of its beginning; `Locked` while it verifies the whole.
    """
    upload = _look(_key(upload_id), actor)
    if upload.state != UploadState.OPEN:
        return upload
    try:
        held = hold(upload)
    except Locked:
        if upload.offset < upload.size:
            return upload
        raise
    if isinstance(held, Upload):
        return held
    with held:
        held.keep()
    return held.upload


def terminate(*, actor: Actor, upload_id: str) -> None:
    """The client gives the upload up; what was already verified stays. Raises `Locked` while another request writes."""
    held = begin(actor=actor, upload_id=upload_id)
    if isinstance(held, Writing):
        with held:
            end(held, UploadState.ENDED)
    else:
        _set_state(held, UploadState.ENDED)


def end(held: Writing, state: UploadState) -> None:
    """Throw an unfinished upload away."""
    _set_state(held.upload, state)
    held.upload.path.unlink(missing_ok=True)


def _set_state(upload: Upload, state: UploadState) -> None:
    upload.state = state
    with turn():
        upload.save(update_fields=["state"])

"""One function for each request of tus: parse, call the service, answer."""

from collections.abc import Callable
from functools import partial

from django.utils.http import http_date

from backend.core.actor import Actor
from backend.core.errors import Invalid, Problem, TooLarge
from backend.core.throttling import throttle
from backend.media.models import Upload
from backend.media.problems import ChecksumDiffers, UnsupportedType
from backend.media.services import uploads
from backend.media.services.uploads import Writing
from backend.media.uploads import headers, threads
from backend.media.uploads.headers import Checksum
from backend.media.uploads.location import location
from backend.media.uploads.wire import Answer, Request

Who = Callable[[], Actor]


async def create(request: Request, who: Who, upload_id: str) -> Answer:
    """POST: a new upload, with its first bytes if the body brings them (creation, creation-with-upload)."""

    def begin() -> tuple[Upload, Writing | Upload, Checksum | None]:
        actor = who()
        upload, checksum = _created(request, actor)
        brings = upload.size == 0 or request.has_body
        return upload, uploads.begin(actor=actor, upload_id=str(upload.pk), offset=0) if brings else upload, checksum

    upload, held, checksum = await threads.run(begin)
    if held is not upload:
        upload = await _write(request, held, checksum)
    return Answer(201, {"Location": location(request, upload.pk), **_state(upload)})


def _created(request: Request, actor: Actor) -> tuple[Upload, Checksum | None]:
    if actor.device_id is not None:
        throttle.take(actor.device_id)
    headers.no_parts(request)
    size = headers.whole(request, "Upload-Length")
    assert size is not None
    said, checksum = headers.metadata(request), headers.checksum(request)
    if request.has_body and not headers.is_octets(request):
        raise _content_type()
    if not said.get("evidence"):
        raise Invalid("bad_header", "请求头 Upload-Metadata 缺少 evidence。", header="Upload-Metadata")
    location(request, "")  # a host that is not ours is refused before anything is made
    upload = uploads.create(
        actor=actor,
        evidence_id=said["evidence"],
        sha256=said.get("sha256", "").lower(),
        filetype=said.get("filetype", ""),
        size=size,
        metadata=request.headers.get("upload-metadata", ""),
    )
    return upload, checksum


async def stand(request: Request, who: Who, upload_id: str) -> Answer:
    """HEAD: how far the upload has come."""
    upload = await threads.run(lambda: uploads.stand(actor=who(), upload_id=upload_id))
    said = {"Upload-Metadata": upload.metadata} if upload.metadata else {}
    return Answer(200, {"Upload-Length": str(upload.size), **said, **_state(upload)})


async def patch(request: Request, who: Who, upload_id: str) -> Answer:
    """PATCH: more bytes, from where the upload stands."""

    def begin() -> tuple[Writing | Upload, Checksum | None]:
        actor = who()
        if not headers.is_octets(request):
            raise _content_type()
        offset = headers.whole(request, "Upload-Offset")
        checksum = headers.checksum(request)
        return uploads.begin(actor=actor, upload_id=upload_id, offset=offset), checksum

    return Answer(204, _state(await _write(request, *await threads.run(begin))))


async def terminate(request: Request, who: Who, upload_id: str) -> Answer:
    """DELETE: the client gives the upload up."""
    await threads.run(lambda: uploads.terminate(actor=who(), upload_id=upload_id))
    return Answer(204)


async def _write(request: Request, held: Writing | Upload, checksum: Checksum | None) -> Upload:
    if isinstance(held, Upload):
        _fits(request, 0)
        return held
    try:
        _fits(request, held.room)
        await _take(request, held, checksum)
        return held.upload
    finally:
        held.close()


def _fits(request: Request, room: int) -> None:
    length = headers.whole(request, "Content-Length", needed=False)
    if length is not None and length > room:
        raise TooLarge("too_large", "发送的内容超过了声明的文件大小。")


async def _take(request: Request, held: Writing, checksum: Checksum | None) -> None:
    """Write the body as it comes. Cut off or out of disk: what arrived is kept, and the problem is told afterwards.

    A piece whose checksum cannot be checked because its end never came is kept too: the hash of the whole decides.
    """
    cut: Problem | None = None
    try:
        await _pour(request, held, checksum)
    except TooLarge:
        await threads.run(held.undo)
        raise
    except Problem as problem:
        cut = problem
    if cut is None and checksum and not checksum.holds():
        await threads.run(held.undo)
        raise ChecksumDiffers()
    await threads.run(held.keep)
    if cut and held.room:
        raise cut


async def _pour(request: Request, held: Writing, checksum: Checksum | None) -> None:
    while pieces := await request.body.next():
        await threads.write(partial(_append, held, checksum, pieces))


def _append(held: Writing, checksum: Checksum | None, pieces: list[bytes]) -> None:
    for piece in pieces:
        held.append(piece)
        if checksum:
            checksum.add(piece)


def _state(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": http_date(upload.expires_at.timestamp())}


def _content_type() -> UnsupportedType:
    return UnsupportedType("content_type", f"内容类型应为 {headers.OCTETS}。")

"""One function for each request of tus: parse, call the service, answer."""

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


async def create(request: Request, actor: Actor, upload_id: str) -> Answer:
    """POST: a new upload, with its first bytes if the body brings them (creation, creation-with-upload)."""
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
    upload = await threads.run(
        uploads.create,
        actor=actor,
        evidence_id=said["evidence"],
        sha256=said.get("sha256", "").lower(),
        filetype=said.get("filetype", ""),
        size=size,
        metadata=request.headers.get("upload-metadata", ""),
    )
    if size == 0 or request.has_body:
        upload = await _write(request, actor, str(upload.pk), 0, checksum)
    return Answer(201, {"Location": location(request, upload.pk), **_state(upload)})


async def stand(request: Request, actor: Actor, upload_id: str) -> Answer:
    """HEAD: how far the upload has come."""
    upload = await threads.run(uploads.stand, actor=actor, upload_id=upload_id)
    said = {"Upload-Metadata": upload.metadata} if upload.metadata else {}
    return Answer(200, {"Upload-Length": str(upload.size), **said, **_state(upload)})


async def patch(request: Request, actor: Actor, upload_id: str) -> Answer:
    """PATCH: more bytes, from where the upload stands."""
    if not headers.is_octets(request):
        raise _content_type()
    offset = headers.whole(request, "Upload-Offset")
    assert offset is not None
    upload = await _write(request, actor, upload_id, offset, headers.checksum(request))
    return Answer(204, _state(upload))


async def terminate(request: Request, actor: Actor, upload_id: str) -> Answer:
    """DELETE: the client gives the upload up."""
    await threads.run(uploads.terminate, actor=actor, upload_id=upload_id)
    return Answer(204)


async def _write(request: Request, actor: Actor, upload_id: str, offset: int, checksum: Checksum | None) -> Upload:
    held = await threads.run(uploads.begin, actor=actor, upload_id=upload_id, offset=offset)
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
    def append(data: bytes) -> None:
        held.append(data)
        if checksum:
            checksum.add(data)

    while data := await request.body.next():
        await threads.write(append, data)


def _state(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": http_date(upload.expires_at.timestamp())}


def _content_type() -> UnsupportedType:
    return UnsupportedType("content_type", f"内容类型应为 {headers.OCTETS}。")

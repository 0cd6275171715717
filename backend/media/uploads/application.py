"""tus 1.0.0: which request goes where, and the manners that all answers share."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from backend.core.actor import Actor
from backend.core.errors import NotFound, Problem
from backend.media.problems import WrongVersion
from backend.media.services.uploads import MAX_SIZE
from backend.media.uploads import handlers
from backend.media.uploads.headers import ALGORITHMS
from backend.media.uploads.location import PREFIX
from backend.media.uploads.wire import Answer, Receive, Request, Scope, Send

log = logging.getLogger(__name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"

Authenticate = Callable[[Mapping[str, str]], Actor]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Handler = Callable[[Request, Callable[[], Actor], str], Awaitable[Answer]]
"""What asks who is calling runs in a thread, together with the first thing that is done for the caller."""

COLLECTION: dict[str, Handler] = {"POST": handlers.create}
ITEM: dict[str, Handler] = {"HEAD": handlers.stand, "PATCH": handlers.patch, "DELETE": handlers.terminate}


def application(authenticate: Authenticate) -> Application:
    """The ASGI application. `authenticate` gets the request's headers (lower-case names), runs in a thread, and raises
    `Unauthorized`; people and devices that may only deposit may upload.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.of(scope, receive)
        try:
            answer = await _answer(request, authenticate)
        except Problem as problem:
            answer = Answer.of(problem)
        except Exception:
            log.exception("upload: %s %s failed", request.method, request.path)
            answer = Answer.of(_internal())
        await _manners(answer).send(send, bare=request.method == "HEAD")

    return serve


async def _answer(request: Request, authenticate: Authenticate) -> Answer:
    if request.method == "OPTIONS":
        return _options()
    if request.headers.get("tus-resumable") != VERSION:
        raise WrongVersion()
    upload_id = _upload_id(request.path)
    handler = (ITEM if upload_id else COLLECTION).get(request.method)
    if handler is None:
        raise _not_allowed()
    async with request.body:
        if request.has_body and "expect" not in request.headers:
            request.body.start()
        return await handler(request, lambda: authenticate(request.headers), upload_id)


def _upload_id(path: str) -> str:
    """What follows the prefix; empty for the collection itself. Raises `NotFound` for anything deeper."""
    if path == PREFIX.rstrip("/"):
        return ""
    rest = path.removeprefix(PREFIX)
    if rest == path or "/" in rest:
        raise NotFound("upload")
    return rest


def _options() -> Answer:
    return Answer(
        204,
        {
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(MAX_SIZE),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


def _manners(answer: Answer) -> Answer:
    answer.headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **answer.headers,
    }
    return answer


def _not_allowed() -> Problem:
    problem = Problem("method_not_allowed", "此地址不支持该请求方法。")
    problem.status = 405
    return problem


def _internal() -> Problem:
    problem = Problem("internal", "系统出现意外错误，已记录，请稍后再试。")
    problem.status = 500
    return problem

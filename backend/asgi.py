"""The ASGI application: HTTP through Django, uploads and the live socket beside it, and the worker's life."""

import asyncio
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 -- Django must be set up first

from backend.accounts.authentication import actor_for_header, actors_for  # noqa: E402
from backend.core.checks import refuse_unsafe_setup  # noqa: E402
from backend.core.duties import Worker  # noqa: E402
from backend.core.garbage import set_aside_what_stays  # noqa: E402
from backend.core.threads import Threaded  # noqa: E402
from backend.media import uploads  # noqa: E402
from backend.media.storage.starting import refuse_unusable_storage  # noqa: E402
from backend.sync import live  # noqa: E402
from backend.sync.consumers import LiveConsumer  # noqa: E402
from backend.sync.headers import SyncHeaders  # noqa: E402

refuse_unsafe_setup()
refuse_unusable_storage()


live.recognised_by(actors_for)
live_application = LiveConsumer.as_asgi()
upload_application = uploads.application(actor_for_header)

PUSH = "/api/v1/sync/push"
UPLOADS = "/api/v1/uploads"
LIVE = "/ws/v1/live"


django_application = Threaded(
    {"push": settings.PUSH_THREADS, "rest": settings.THREADS},
    lambda scope: "push" if scope["path"] == PUSH else "rest",
)


async def _route(scope: Any, receive: Any, send: Any) -> None:
    """Send each connection to the room that serves it."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    elif scope["path"] == UPLOADS or scope["path"].startswith(f"{UPLOADS}/"):
        await upload_application(scope, receive, send)
    else:
        await django_application(scope, receive, send)


application = SyncHeaders(_route)


async def _websocket(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == LIVE:
        await live_application(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 4404})


async def _lifespan(receive: Any, send: Any) -> None:
    """The embedded worker lives as long as the server; DUDAO_WORKER=no leaves its work to `manage.py worker`."""
    worker = Worker() if settings.EMBEDDED_WORKER else None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            live.bind_loop(asyncio.get_running_loop())
            django_application.serve()
            set_aside_what_stays()
            if worker:
                worker.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if worker:
                await asyncio.to_thread(worker.stop)
            live.bind_loop(None)
            await send({"type": "lifespan.shutdown.complete"})
            return

"""Resumable uploads: tus 1.0.0 as a raw ASGI application (Django's handler throws a partial body away).

`application(authenticate)` is mounted at /api/v1/uploads/ by backend/asgi.py.
"""

from backend.media.uploads.application import application

__all__ = ["application"]

"""The upload application as a server process of its own; started by test_upload_processes."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from backend.media.uploads import application as uploads  # noqa: E402 -- Django must be set up first
from tests.media.server import authenticate  # noqa: E402

application = uploads(authenticate)

"""The product's settings for measurements: the same, with the controls' views beside the product's own.

Access tokens live longer, because requests are built before they are measured.
"""

from datetime import timedelta

from backend.settings import *  # noqa: F403 -- everything else is the product's
from backend.settings import SIMPLE_JWT

ROOT_URLCONF = "bench.urls"
SIMPLE_JWT = {**SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(hours=2)}

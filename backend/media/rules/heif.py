"""HEIC, the format of many phones: read by the optional package `pillow-heif` (`pipenv install pillow-heif`)."""

import functools
import importlib
import importlib.util

FORMAT = "HEIF"
"""What Pillow calls the format once the package is registered."""

PACKAGE = "pillow_heif"


@functools.cache
def available() -> bool:
    """Whether HEIC can be read here; asked once per process."""
    if importlib.util.find_spec(PACKAGE) is None:
        return False
    try:
        package = importlib.import_module(PACKAGE)
    except ImportError:  # its library is not of this machine
        return False
    package.register_heif_opener(thumbnails=False, aux_images=False, depth_images=False, decode_threads=1)
    return True

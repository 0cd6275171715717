"""Pictures that nobody else took, of about a size."""

import io
import os
from pathlib import Path

from PIL import Image


def noise(path: Path, kilobytes: int) -> Path:
    """A JPEG of about that size."""
    side = max(64, int((kilobytes * 1000 / 0.62) ** 0.5))
    out = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(out, "JPEG", quality=85)
    path.write_bytes(out.getvalue())
    return path


def heavy(path: Path, megabytes: int) -> Path:
    """A small picture with so much behind its end, as some cameras write."""
    noise(path, 50)
    with path.open("ab") as file:
        file.write(os.urandom(megabytes * 1_000_000))
    return path

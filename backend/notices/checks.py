"""Say at the start what an office's own faces lack: a paper would silently look otherwise than ordered."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from backend.documents.fonts import Face, faces_in


@register()
def own_faces(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """notices.W001: the folder of faces is not there, holds none, or one that cannot be used."""
    folder = settings.PAPER_FONTS
    if folder is None:
        return []
    if not folder.is_dir():
        return [Warning("DUDAO_FONTS names no folder.", id="notices.W001")]
    faces = faces_in(folder)
    if not faces.replaced and not faces.problems:
        names = ", ".join(f"{face}.ttf" for face in Face)
        return [Warning(f"DUDAO_FONTS holds none of {names}.", id="notices.W001")]
    return [Warning(problem, id="notices.W001") for problem in faces.problems]

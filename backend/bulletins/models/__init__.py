"""Tables of the bulletins room."""

from backend.bulletins.models.bulletin import Bulletin, BulletinReceipt, BulletinSnapshot, BulletinTransition
from backend.bulletins.models.circular import Circular, CircularReceipt, CircularTransition
from backend.bulletins.models.editing import BulletinComment, BulletinTextVersion
from backend.bulletins.models.number import ALL_YEARS, BulletinNumber
from backend.bulletins.models.paper import BulletinPaper
from backend.bulletins.models.progress import BulletinWork

__all__ = [
    "ALL_YEARS",
    "Bulletin",
    "BulletinComment",
    "BulletinNumber",
    "BulletinPaper",
    "BulletinReceipt",
    "BulletinSnapshot",
    "BulletinTextVersion",
    "BulletinTransition",
    "BulletinWork",
    "Circular",
    "CircularReceipt",
    "CircularTransition",
]

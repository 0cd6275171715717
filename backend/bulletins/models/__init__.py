"""Tables of the bulletins room."""

from backend.bulletins.models.bulletin import Bulletin, BulletinReceipt, BulletinSnapshot, BulletinTransition
from backend.bulletins.models.number import ALL_YEARS, BulletinNumber

__all__ = [
    "ALL_YEARS",
    "Bulletin",
    "BulletinNumber",
    "BulletinReceipt",
    "BulletinSnapshot",
    "BulletinTransition",
]

"""One contradiction within an item, before it is known where the item stands."""

from typing import NamedTuple


class Problem(NamedTuple):
    """Field, stable code, the reason in English and in Chinese."""

    field: str
    code: str
    text: str
    message_zh: str

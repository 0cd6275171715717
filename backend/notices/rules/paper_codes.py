"""The short code on a paper: what it is made of, how it is written and read (no database here)."""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which people mix up: 32 signs of 5 bits."""

LENGTH = 10
"""50 bits of chance: who tries codes finds none."""

GROUP = 5


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def printed(code: str) -> str:
    """`K7QF3MPW2X` as it stands on a paper: K7QF3-MPW2X."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read(text: str) -> str:
    """What somebody typed, as it is stored; nothing where it cannot be a code."""
    found = "".join(sign for sign in text.upper() if sign not in " -—－\t")
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""

"""Whether storage holds what the database says, byte for byte: after a restore, a disk fault, or just every month."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.media import storage
from backend.media.models import Blob, Derivative


@dataclass(slots=True)
class Checked:
    """Hashes by what was found: `missing` and `altered` files are losses, `unknown` ones are named by no row."""

    sound: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is lost."""
        return not self.missing and not self.altered


def check() -> Checked:
    """Hash every file anew (invariant I11). Reads all of storage; safe beside a running server."""
    checked = Checked()
    expected = set(_named())
    for sha256 in sorted(expected):
        _check(sha256, checked)
    # Asked again: what was received meanwhile is known by now.
    checked.unknown = sorted(set(storage.current().hashes()) - expected - set(_named()))
    return checked


def _named() -> Iterator[str]:
    yield from Blob.objects.values_list("sha256", flat=True)
    yield from Derivative.objects.values_list("sha256", flat=True)


def _check(sha256: str, checked: Checked) -> None:
    try:
        found, _ = storage.hash_file(storage.current().local(sha256))
    except FileNotFoundError:
        checked.missing.append(sha256)
        return
    if found == sha256:
        checked.sound += 1
    else:
        checked.altered.append(sha256)

"""Whether storage holds what the database says, byte for byte: after a restore, a disk fault, or just every month."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from backend.media import registry, storage
from backend.media.models import Blob, Derivative
from backend.media.selectors import needs
from backend.media.services.removal import batches


@dataclass(slots=True)
class Checked:
    """Hashes by what was found: `lost` and `corrupt` files are losses.

    `unknown` ones are named by no row, `unreferenced` ones by a row that no room needs: the duty `media.remove` deletes
    both after their time.
    """

    sound: int = 0
    bytes: int = 0
    lost: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unreferenced: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing that anybody needs is lost."""
        return not self.lost and not self.corrupt


def check(*, progress: Callable[[int], None] = lambda done: None) -> Checked:
    """Hash every file anew (invariant I11). Reads all of storage; safe beside a running server.

    `progress` hears how many were read, every now and then. Raises `StorageDown`.
    """
    checked = Checked()
    for model in (Blob, Derivative):
        for batch in batches(_named(model)):
            _check(batch, checked)
            progress(checked.sound)
    for batch in batches(storage.current().hashes()):
        checked.unknown += sorted(set(batch) - needs.named(batch))  # what was received meanwhile is known by now
    for found in (checked.lost, checked.corrupt, checked.unknown, checked.unreferenced):
        found[:] = sorted(set(found))
    return checked


def _named(model: type[Model]) -> Iterator[str]:
    hashes = model._default_manager.order_by("sha256").values_list("sha256", flat=True).distinct()
    yield from list(hashes)


def _check(batch: list[str], checked: Checked) -> None:
    unneeded = set(batch) - registry.needed(batch)
    checked.unreferenced += unneeded
    for sha256 in batch:
        try:
            found, size = storage.digest(storage.current(), sha256)
        except FileNotFoundError:
            if sha256 not in unneeded and needs.named([sha256]):  # or it was deleted meanwhile, as it should
                checked.lost.append(sha256)
            continue
        if found == sha256:
            checked.sound, checked.bytes = checked.sound + 1, checked.bytes + size
        else:
            checked.corrupt.append(sha256)

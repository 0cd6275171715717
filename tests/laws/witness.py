"""What an onlooker knows who stands beside a phone: what its person has just said must stay on the screen (I15), and
where its cursor stands (I12). It knows nothing of how the phone does it."""

from dataclasses import dataclass, field
from typing import Any

from backend.sync import cursors
from tests.laws.phone import LawPhone, Page, Sent


@dataclass
class Witness:
    """`told`: operations answered; `leaving`: those answered before the pull that is under way began."""

    phone: LawPhone
    told: set[str] = field(default_factory=set)
    leaving: set[str] | None = None
    gone: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    epoch: str = ""

    def heard(self, ops: list[str]) -> None:
        self.told.update(ops)

    def begins(self) -> None:
        """A request for a page goes out."""
        if self.leaving is None:
            self.leaving = set(self.told)

    def pending(self) -> list[Sent]:
        return [each for each in self.phone.made if each.op not in self.gone]

    def saw(self, page: Page) -> None:
        """A page has been applied."""
        self._watch_cursor(page)
        if not page["more"]:
            for each in self.phone.made:
                if each.op in (self.leaving or ()):
                    self._check_effect(each)
            self.gone |= self.leaving or set()
            self.leaving = None

    def new_epoch(self) -> None:
        """The server was restored: what it lacks is the phone's own work again."""
        taken_back = {each.op for each in self.phone.made if each.status is None}
        self.told -= taken_back
        self.gone -= taken_back
        self.leaving, self.places = None, {}

    def check_screen(self) -> None:
        """I15: what is still the phone's own work is what its screen shows."""
        shown: dict[tuple[str, str], Any] = {}
        for each in self.pending():
            shown |= {(each.id, key): one["value"] for key, one in each.answers.items()}
        for (visit, key), value in shown.items():
            assert self.phone.view(visit, key) == value, "I15: the screen went back to an old value"

    def _check_effect(self, each: Sent) -> None:
        """I15: what a complete pull takes off the overlay, it has brought as base row, where the phone may see it."""
        if ("visit", each.id) in self.phone.base and each.status == "applied":
            for key, became in each.result.get("answers", {}).items():
                assert self.phone.answer(each.id, key).get("rev", 0) >= became["rev"], "I15: the effect is not there"

    def _watch_cursor(self, page: Page) -> None:
        """I12: within an epoch no scope's place goes back, unless the page says that it begins anew."""
        held = self.phone.client.user.pk
        places = cursors.read(page["cursor"], user_id=held, epoch=page["epoch"]).at
        if page["epoch"] == self.epoch:
            kept = self.places.keys() & places.keys() - {*page["reset"], *page["drop"]}
            assert all(places[name] >= self.places[name] for name in kept), "I12: a cursor went back"
        self.places, self.epoch = places, page["epoch"]

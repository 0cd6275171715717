"""Whatever is typed, pasted or chosen into any form of any desk: taken as text or refused in Chinese, and never lost.

Generated from the pages themselves: the forms that a county at work shows to each of its people are read as a browser
reads them, filled, and sent.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from backend.accounts.models import User
from backend.accounts.roles import Role
from tests.desk.form_reading import Form, deeds_of
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.walls.pages import pages
from tests.walls.world import FullCounty

pytestmark = [pytest.mark.once, pytest.mark.django_db]

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7*7}}{%x%} =1+1 \u202e\u200b𠮷"
NAME = "../../..\\<img src=x onerror=alert(3)>\u202egpj.exe"
PASTE = "长" * 30_000
TAKEN = {302}
REFUSED = {400, 403, 404, 409, 413, 422}
CHINESE = re.compile(r'role="alert">[^<]*[\u4e00-\u9fff]')


@dataclass
class Trial:
    """The people of a county at work, what they sent, and what was wrong with the answers."""

    world: FullCounty
    cast: Cast
    faults: list[str] = field(default_factory=list)
    told: Counter[int] = field(default_factory=Counter)
    typed_into: set[str] = field(default_factory=set)

    def people(self) -> Iterator[tuple[str, User]]:
        county = self.world.county
        yield Role.OFFICE, self.cast.person(Role.OFFICE, county=county)
        yield Role.LEADERSHIP, self.cast.person(Role.LEADERSHIP, county=county)
        yield Role.TEAM_LEADER, self.world.fieldwork.crew(self.world.approved.assignment)[0]

    def send(self, typed: str) -> None:
        """Into every form that is shown to anybody, each as if no other had been sent."""
        for role, user in self.people():
            client = Client(raise_request_exception=False)
            client.force_login(user)
            for page in pages():
                if page.deeds and role in (page.roles or ()):
                    self._page(client, page.path(self.world.values), typed)

    def _page(self, client: Client, path: str, typed: str) -> None:
        answer = client.get(path)
        for form in deeds_of(answer.content.decode()) if answer.status_code == 200 else ():
            if not form.words() and not any(each.kind == "file" for each in form.fields):
                continue
            with transaction.atomic():
                self._form(client, path, form, typed)
                transaction.set_rollback(True)

    def _form(self, client: Client, path: str, form: Form, typed: str) -> None:
        sent = form.filled(typed, lambda: SimpleUploadedFile(NAME, b"no picture", "image/png"))
        answer = client.post(form.action, sent)
        self.told[answer.status_code] += 1
        self.typed_into |= {f"{form.action.rpartition('/')[2]}.{name}" for name in form.words()}
        what = f"{form.action} {form.words()}"
        if answer.status_code in TAKEN:
            text = self._after(client, answer["Location"], what)
        else:
            text = answer.content.decode()
            self._refused(what, form, answer.status_code, text, typed)
        for raw in ("<script>alert(1)", "<img src=x", "49 =1+1"):
            if raw in text:
                self.faults.append(f"{what}: {raw} is live")

    def _after(self, client: Client, address: str, what: str) -> str:
        answer = client.get(address)
        if answer.status_code != 200:
            self.faults.append(f"{what}: taken, and then {answer.status_code}")
        return str(answer.content.decode())

    def _refused(self, what: str, form: Form, status: int, text: str, typed: str) -> None:
        if status not in REFUSED:
            self.faults.append(f"{what}: {status}")
        elif not CHINESE.search(text):
            self.faults.append(f"{what}: {status} without a sentence")
        elif form.words() and typed not in unescape(text).replace("\r\n", "\n"):
            self.faults.append(f"{what}: {status}, and the words are gone")


@pytest.fixture
def trial(cast: Cast, places: Places, fieldwork: Fieldwork) -> Trial:
    world = FullCounty(cast, places, fieldwork, cast.county()).settle().work()
    world.values |= {"id": world.notice.pk, "kind": "notice", "object_id": world.notice.pk}
    return Trial(world, cast)


def test_words_that_would_be_markup_stay_words_and_pastes_without_end_are_refused_with_every_word(trial: Trial) -> None:
    trial.send(HOSTILE)
    trial.send(PASTE)
    more_than_a_request_may_hold(trial)
    assert trial.faults == []
    assert len(trial.typed_into) > 40
    assert trial.told[302] > 15


def more_than_a_request_may_hold(trial: Trial) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(next(user for role, user in trial.people()))
    address = f"/desk/notices/{trial.world.notice.pk}"
    form = next(each for each in deeds_of(client.get(address).content.decode()) if each.words())
    answer = client.post(form.action, form.filled("长" * 3_000_000, lambda: SimpleUploadedFile(NAME, b"")))
    assert answer.status_code == 413
    assert re.search("[\u4e00-\u9fff]", answer.content.decode())

"""Somebody at a desk: opens pages and presses their buttons, with the fields that the page itself put there."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from backend.accounts.models import User

HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class Seat:
    """One person's browser without scripts."""

    user: User
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client()
        self.client.force_login(self.user)

    def opens(self, name: str, /, *args: Any, **query: Any) -> str:
        """The page's text; only one that is there counts."""
        answer = self.client.get(reverse(name, args=args), query)
        text = str(answer.content.decode())
        assert answer.status_code == 200, (answer.status_code, text[:2000])
        return text

    def status(self, name: str, /, *args: Any, **query: Any) -> int:
        return int(self.client.get(reverse(name, args=args), query).status_code)

    def offers(self, name: str, *args: Any) -> set[str]:
        """The deeds that the page shows."""
        return set(re.findall(r'action="[^"]*/do/(\w+)"', self.opens(name, *args)))

    def does(self, deed: str, name: str, /, *args: Any, row: object = "", **fields: Any) -> Any:
        """Presses the button of a deed; the answer, before any redirect."""
        sent = hidden(self.opens(name, *args), deed, str(row))
        return self.client.post(reverse(f"{name}_do", args=[*args, deed]), sent | fields)

    def done(self, deed: str, name: str, /, *args: Any, row: object = "", **fields: Any) -> str:
        """Presses it, and reads the page that follows a deed that was done."""
        answer = self.does(deed, name, *args, row=row, **fields)
        assert answer.status_code == 302, re.findall(r'role="alert">([^<]*)', answer.content.decode())
        return str(self.client.get(answer["Location"]).content.decode())


def hidden(text: str, deed: str, row: str = "") -> dict[str, str]:
    """The fields that a page itself put into the form of a deed."""
    for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
        found = {key: unescape(value) for key, value in HIDDEN.findall(form)}
        if f"/do/{deed}" in form and found.get("row", "") == row:
            return found
    raise AssertionError(f"no form of {deed} {row}")


def refusal(answer: Any) -> tuple[int, str]:
    """Status and sentence of a deed that was not done."""
    return answer.status_code, unescape("".join(re.findall(r'role="alert">([^<]*)', answer.content.decode())))

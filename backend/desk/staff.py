"""Pages of people who sit at a desk: one mechanism for looking, doing, doing twice, and being told no.

A page is about one thing (or about none: a list). It says what its reader may do now, and each deed is a plain form
that calls one service. The rules are the services'; what is decided here is only how it is told:

- **Twice.** Every form carries a token; the first request that sends it claims it (`services.submissions`), every
  other is led to the same answer.
- **Stale.** Every form carries the stamp of what its reader saw. If the thing changed since, nothing is done: the page
  comes back as it is now, with what was typed, and beside each field what stands there now.
- **Refused.** The page comes back with the reason and every word that was typed.
- **Signed out.** The words travel through the sign-in page (`pages.to_sign_in`) and come back filled in, unsent.
"""

import hashlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_protect

from backend.accounts.services import second_steps
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound, Problem
from backend.desk import navigation, pages
from backend.desk.deeds import Deed, values_of
from backend.desk.services import submissions
from backend.notices.selectors import inbox

T = TypeVar("T")


class Stale(Conflict):
    """Somebody else changed it meanwhile."""

    code = "stale_page"
    detail = "您打开本页之后，内容已被他人修改，刚才的操作没有执行。下面是现在的内容，您填写的仍在，请核对后再提交。"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent with a deed that was not done."""

    deed: str
    row: str
    fields: Mapping[str, Any]
    stale: bool = False


@dataclass(slots=True)
class Offer:
    """A deed as the page shows it: its form filled with what was typed, else with what stands."""

    deed: Deed
    form: forms.Form
    address: str
    stamp: str
    row: str = ""
    open: bool = False
    theirs: Mapping[str, Any] = field(default_factory=dict)
    """By field what stands now, where it is not what was typed: filled after a stale form only."""

    @property
    def form_id(self) -> str:
        """By which boxes that stand outside the form belong to it."""
        return f"do-{self.deed.name}{self.row}"

    @property
    def token(self) -> uuid.UUID:
        return uuid.uuid4()


class StaffPage(ABC, Generic[T]):
    """One page and its deeds. Subclasses say what it is about; `urls` mounts it.

    `roles`: who may open it at all. What each of them may see is decided by the selectors that `find` and `context`
    call, what they may do by the services; `offered` only foretells it, so that nobody is shown a button in vain.
    """

    template: ClassVar[str]
    roles: ClassVar[frozenset[str]]
    deeds: ClassVar[tuple[Deed, ...]] = ()

    @abstractmethod
    def find(self, actor: Actor, **key: Any) -> T:
        """What the page is about. Raises `NotFound`."""

    @abstractmethod
    def context(self, request: HttpRequest, actor: Actor, found: T) -> dict[str, Any]:
        """What the template shows."""

    def stamp(self, found: T) -> str:
        """Anything that changes whenever what the reader saw has changed; "" where nothing can become stale."""
        return ""

    def offered(self, actor: Actor, found: T) -> frozenset[str]:
        """The names of the deeds that the services would take from this person now."""
        return frozenset(deed.name for deed in self.deeds)

    def initial(self, actor: Actor, found: T, deed: Deed, row: str) -> Mapping[str, Any]:
        """What the form of a deed begins with."""
        return {}

    def form(self, actor: Actor, found: T, deed: Deed, **more: Any) -> forms.Form:
        """The form of a deed; the place to fill choices that depend on what the page is about."""
        return deed.form(**more)

    def keep(self, request: HttpRequest, deed: Deed, result: Any) -> None:
        """What a deed brought and the next page shows, besides the sentence: put it into the session."""

    @classmethod
    def urls(cls, address: str, name: str) -> list[URLPattern]:
        """The page at `address`, and its deeds below it at `do/<deed>`."""
        page = cls()
        page.name = name
        deeds = f"{address}/do/<slug:deed>" if address else "do/<slug:deed>"
        return [path(address, page.shown, name=name), path(deeds, page.done, name=f"{name}_do")]

    name = ""

    @property
    def shown(self) -> Any:
        """The view that shows the page."""
        return pages.bounded(csrf_protect(pages.for_roles(self.roles)(self._show)))

    @property
    def done(self) -> Any:
        """The view that does one deed."""
        return pages.bounded(csrf_protect(pages.for_roles(self.roles)(self._do)))

    def _show(self, request: HttpRequest, actor: Actor, /, **key: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        kept = pages.kept(request)
        typed = Typed(kept["form"], kept.get("row", ""), kept) if "form" in kept else None
        return self._page(request, actor, self.find(actor, **key), typed, said=pages.said(request))

    def _do(self, request: HttpRequest, actor: Actor, /, deed: str, **key: Any) -> HttpResponseBase:
        here = request.path.removesuffix(f"/do/{deed}")
        if request.method != "POST":  # a reload after signing in, or an address that was copied
            return HttpResponseRedirect(here)
        known = next((each for each in self.deeds if each.name == deed), None)
        if known is None:
            raise NotFound("deed", deed)
        found, token = self.find(actor, **key), _token(request)
        claimed = submissions.claim(actor=actor, token=token)
        if claimed is None:
            return _again(request, actor, token, here)
        try:
            self._check_fresh(request, found)
            values = self._values(request, actor, found, known)
            result = known.work(actor, found, values)
        except Problem as fault:
            submissions.give_back(claimed=claimed)
            if isinstance(fault, Stale):
                pages.on_record(request, actor, key, fault)
            typed = Typed(deed, request.POST.get("row", ""), pages.fields_of(request), isinstance(fault, Stale))
            return self._page(request, actor, self.find(actor, **key), typed, fault=fault)
        except BaseException:
            submissions.give_back(claimed=claimed)
            raise
        address, said = known.leads_to(result) if known.leads_to else here, known.sentence(result)
        submissions.settle(claimed=claimed, address=address, said=said)
        self.keep(request, known, result)
        pages.say(request, said)
        return HttpResponseRedirect(address)

    def _values(self, request: HttpRequest, actor: Actor, found: T, deed: Deed) -> dict[str, Any]:
        form = self.form(actor, found, deed, data=request.POST, files=request.FILES)
        return values_of(deed, form, request.POST.get("row", ""))

    def _check_fresh(self, request: HttpRequest, found: T) -> None:
        """Raises `Stale`."""
        if request.POST.get("seen", "") != _short(self.stamp(found)):
            raise Stale

    def _page(
        self,
        request: HttpRequest,
        actor: Actor,
        found: T,
        typed: Typed | None,
        *,
        fault: Problem | None = None,
        said: str = "",
    ) -> HttpResponse:
        context = {
            **self.context(request, actor, found),
            **shell(request, actor),
            "offers": Offers(self, actor, found, typed, request.path.split("/do/")[0]),
            "said": said,
            "fault": fault.detail if fault else "",
            "restored": typed is not None and fault is None,
        }
        return pages.page(request, self.template, context, status=fault.status if fault else 200)


class Offers(Generic[T]):
    """The deeds of a page by name; the template asks for each where it belongs (`{% deed "approve" %}`)."""

    def __init__(self, page: StaffPage[T], actor: Actor, found: T, typed: Typed | None, address: str) -> None:
        self._page, self._actor, self._found, self._typed, self._address = page, actor, found, typed, address
        self._deeds = {deed.name: deed for deed in page.deeds}
        self._names = page.offered(actor, found)
        self._stamp = _short(page.stamp(found))

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __bool__(self) -> bool:
        return bool(self._names)

    def get(self, name: str, row: str = "") -> Offer | None:
        """The deed, ready to be shown; None if it is not offered (what was typed into it is shown even so)."""
        deed, typed = self._deeds[name], self._typed
        sent = typed if typed and (typed.deed, typed.row) == (name, row) else None
        if name not in self._names and not sent:
            return None
        stands = self._page.initial(self._actor, self._found, deed, row)
        shown = {**dict.fromkeys(deed.form.base_fields, ""), **sent.fields} if sent else stands  # unticked is typed too
        more = {"auto_id": f"{name}{row}-%s", "initial": shown}
        form = self._page.form(self._actor, self._found, deed, **more)
        theirs = _differing(stands, sent.fields) if sent and sent.stale else {}
        return Offer(deed, form, f"{self._address}/do/{name}", self._stamp, row, sent is not None, theirs)


def shell(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What the frame of every desk page shows: the way around, and what is new."""
    last, unread = inbox.standing([actor.person]).get(actor.person, (0, 0))
    return {
        "actor": actor,
        "ways": navigation.ways(actor, request.path),
        "second": actor.has(*second_steps.FOR),
        "unread": unread,
        "last": last,
    }


def _differing(stands: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stands.items() if name in typed and _words(value) != _words(typed[name])}


def _words(value: Any) -> list[str]:
    """A value as a form sends it; that of several boxes in any order."""
    return sorted(map(str, value)) if isinstance(value, list | tuple) else [str(value)]


def _token(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("once", ""))
    except ValueError:
        raise Invalid("bad_form", "表单不完整，请刷新页面后重新填写。") from None


def _again(request: HttpRequest, actor: Actor, token: uuid.UUID, here: str) -> HttpResponse:
    """The form was sent before: the same answer as then."""
    before = submissions.earlier(actor=actor, token=token)
    if before is None or before.ended_at is None:
        pages.say(request, "您已提交过这份表单，正在办理，请以页面现在显示的状态为准。")
        return HttpResponseRedirect(here)
    pages.say(request, before.said)
    return HttpResponseRedirect(before.address)


def _short(stamp: str) -> str:
    """The stamp as a form carries it: it tells nothing about what it was made of."""
    return hashlib.sha256(stamp.encode()).hexdigest()[:16] if stamp else ""


def stamp_of(*parts: object) -> str:
    """A stamp of what was seen."""
    return "\x1f".join(str(part) for part in parts)

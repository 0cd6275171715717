"""What phones may send to this room: the shape of `data` per operation (protocol, Operations). Unknown fields are let
pass, so that a newer phone is not refused for something an older server does not know."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=2000)]
Line = Annotated[str, msgspec.Meta(max_length=500)]
Name = Annotated[str, msgspec.Meta(max_length=80)]
Key = Annotated[str, msgspec.Meta(max_length=16)]
Ids = Annotated[list[uuid.UUID], msgspec.Meta(max_length=50)]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all payloads."""


class Location(Command, frozen=True, kw_only=True):
    """Degrees; `accuracy` in metres."""

    lng: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    accuracy: Annotated[float, msgspec.Meta(ge=0, le=40_000_000)] | None = None
    datum: Literal["wgs84", "gcj02"] = "wgs84"


class Nothing(Command, frozen=True, kw_only=True):
    """No fields."""


class Reason(Command, frozen=True, kw_only=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class DeclareRecusal(Command, frozen=True, kw_only=True):
    """`assignment` may be left out where the operation's id is the assignment's."""

    kind: Literal["near_relative", "family_employed", "own_employer", "left_recently", "other"] = "other"
    reason: Line = ""
    assignment: uuid.UUID | None = None


class StartVisit(Command, frozen=True, kw_only=True):
    """`rev` is the assignment's revision the phone saw; without `assignment`, `target` is what the author came upon."""

    assignment: uuid.UUID | None = None
    target: uuid.UUID | None = None
    rev: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0


class CheckIn(Command, frozen=True, kw_only=True):
    location: Location | None = None
    reason: Line = ""


class SampledClass(Command, frozen=True, kw_only=True):
    """A class and pupil numbers drawn in it. There is no field for a name."""

    grade: Annotated[int, msgspec.Meta(ge=1, le=9)]
    number: Annotated[int, msgspec.Meta(ge=1, le=99)]
    pupils: Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=99)]], msgspec.Meta(max_length=60)] = []


class Sample(Command, frozen=True, kw_only=True):
    classes: Annotated[list[SampledClass], msgspec.Meta(max_length=40)]


class Enter(Command, frozen=True, kw_only=True):
    """How the crew was met. Posts (校长, 值班人员), never names; `witness`: user id of another of the crew."""

    admitted: bool = True
    certificates_shown: bool = False
    informed: Annotated[str, msgspec.Meta(max_length=40)] = ""
    refused_by: Annotated[str, msgspec.Meta(max_length=40)] = ""
    reason: Line = ""
    witness: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


class ClassToday(Command, frozen=True, kw_only=True):
    """A class that is there today and how many pupils it has."""

    grade: Annotated[int, msgspec.Meta(ge=1, le=9)]
    number: Annotated[int, msgspec.Meta(ge=1, le=99)]
    size: Annotated[int, msgspec.Meta(ge=1, le=99)]


class DrawClasses(Command, frozen=True, kw_only=True):
    """`number`: which draw of the visit this is by the phone's count, from 1; a later one needs a `reason`."""

    classes: Annotated[list[ClassToday], msgspec.Meta(min_length=1, max_length=200)]
    count: Annotated[int, msgspec.Meta(ge=2, le=4)] = 3
    pupils: Annotated[int, msgspec.Meta(ge=1, le=20)] = 10
    number: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    reason: Line = ""


class RefileVisit(Command, frozen=True, kw_only=True):
    """Where the visit belongs: an open assignment of the crew's track, or a target."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    assignment: uuid.UUID | None = None
    target: uuid.UUID | None = None


class LeaveCrew(Command, frozen=True, kw_only=True):
    """`successor`: user id of the one of the crew who leads from now on, where the leader leaves."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    successor: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


class AmendVisit(Command, frozen=True, kw_only=True, omit_defaults=True):
    """Details beside the checklist; what is left out stays as it was."""

    remarks: Text | None = None
    notice_number: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    cards: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=9)] | None = None


class Feedback(Command, frozen=True, kw_only=True):
    text: Text
    explanation: Text = ""


class Sign(Command, frozen=True, kw_only=True):
    """Evidence ids of the signatures, or why the head refused."""

    inspectors: Ids = []
    unit: Ids = []
    refused: Line = ""


class SubmitVisit(Command, frozen=True, kw_only=True):
    """`hash`: see `selectors.content`; `upto`: the last `n` of this device that belongs to the visit."""

    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{64}$")]
    upto: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class Alarm(Command, frozen=True, kw_only=True):
    text: Line = ""
    location: Location | None = None


class OneAnswer(Command, frozen=True, kw_only=True):
    """`base`: the answer's revision this was made upon, 0 for none. `settles`: ids of rivals it decides against."""

    value: Any
    note: str = ""
    base: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = 0
    settles: Annotated[list[str], msgspec.Meta(max_length=20)] = []


class SetAnswers(Command, frozen=True, kw_only=True):
    answers: dict[str, OneAnswer]


class OnSpotFix(Command, frozen=True, kw_only=True):
    before: Ids
    after: Ids
    confirmed_by: int | None = None


class WriteFinding(Command, frozen=True, kw_only=True):
    """A finding as the inspector writes it; `severity` null leaves the proposal of the rules. `standard`: the standard
    finding it is written from, whose words, level, basis and days count where nothing else is said."""

    item: Annotated[str, msgspec.Meta(max_length=12)]
    text: Text = ""
    answer_key: Key = ""
    severity: Literal["minor", "moderate", "serious", "veto"] | None = None
    severity_reason: Line = ""
    responsibility: Literal["unit", "person"] = "unit"
    self_found_fixed: bool = False
    on_spot: OnSpotFix | None = None
    standard: uuid.UUID | None = None


class RecordFinding(WriteFinding, frozen=True, kw_only=True):
    visit: uuid.UUID


class Camera(Command, frozen=True, kw_only=True):
    """The phone that took a photo, in its own words."""

    model: Name = ""
    os: Name = ""
    app: Name = ""


class AddEvidence(Command, frozen=True, kw_only=True):
    """The fact of a file; its bytes go by tus under the same id.

    `mock`: whether the system says that the location comes from another app; null where it does not tell.
    """

    visit: uuid.UUID
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, msgspec.Meta(ge=1, le=64 * 1024 * 1024)]
    filetype: Annotated[str, msgspec.Meta(max_length=80)]
    kind: Literal["photo", "document", "signature"] = "photo"
    answer_key: Key = ""
    finding: uuid.UUID | None = None
    taken_at: dt.datetime | None = None
    location: Location | None = None
    mock: bool | None = None
    device: Camera | None = None


class OneDecision(Command, frozen=True, kw_only=True):
    finding: uuid.UUID
    result: Literal["closed", "partly", "returned", "relapsed"]
    reason: Line = ""


class Decide(Command, frozen=True, kw_only=True):
    decisions: Annotated[list[OneDecision], msgspec.Meta(min_length=1, max_length=100)]


class ReportTarget(Command, frozen=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    address: Annotated[str, msgspec.Meta(max_length=200)] = ""
    description: Line = ""
    location: Location | None = None

"""The record of a draw: how it is sealed, and how anybody checks it (docs/drawing.md, sections 5 and 6)."""

from typing import Annotated, Any, Literal

import msgspec

from backend.inspections.rules.draw_lists import Drawn, InspectorLine, Lists, Parameters, TargetLine, digest, plain
from backend.inspections.rules.drawing import Impossible, draw
from backend.inspections.rules.randomness import ALGORITHM, HEX_SEED

PURPOSE = "dudao/draw/seal"

Hash = Annotated[str, msgspec.Meta(pattern=HEX_SEED)]
MaybeHash = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
Salt = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]


class Hashes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """SHA-256 of the canonical form of each list."""

    parameters: Hash
    targets: Hash
    inspectors: Hash


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The published record as far as it takes part in the check; everything else in the file is for people.

    `seed` and `salt` are null before the reveal. `result` is empty before the draw, and where it was `impossible`,
    which then names rule and targets.
    """

    algorithm: str
    draw: str
    parameters: Parameters
    targets: list[TargetLine]
    inspectors: list[InspectorLine]
    hashes: Hashes
    commitment: Hash
    state: Literal["sealed", "drawn", "confirmed", "impossible", "replaced"]
    seed: Hash | None = None
    salt: Salt | None = None
    contribution: Annotated[str, msgspec.Meta(max_length=200)] = ""
    result: list[Drawn] = []
    result_hash: MaybeHash = ""
    impossible: dict[str, list[str]] = {}

    @property
    def lists(self) -> Lists:
        return Lists(parameters=self.parameters, targets=self.targets, inspectors=self.inspectors)


class Finding(msgspec.Struct, frozen=True):
    """One point of the check: what was compared, and whether it agrees."""

    code: str
    agrees: bool


def read(data: bytes) -> Record:
    """The record in a file. Raises `msgspec.DecodeError` for what is none."""
    return msgspec.json.decode(data, type=Record)


def of(value: Any) -> Record:
    """The record in plain data. Raises `msgspec.ValidationError`."""
    return msgspec.convert(value, type=Record)


def lists(value: Any) -> Lists:
    """The lists in plain data. Raises `msgspec.ValidationError`."""
    return msgspec.convert(value, type=Lists)


def hashes_of(given: Lists) -> Hashes:
    return Hashes(
        parameters=digest(given.parameters), targets=digest(given.targets), inspectors=digest(given.inspectors)
    )


def commitment(draw_id: str, hashes: Hashes, *, seed: str, salt: str) -> str:
    """What is told before the draw: it binds the seed to these lists, this draw and this algorithm."""
    return digest(
        {
            "algorithm": ALGORITHM,
            "draw": draw_id,
            "hashes": plain(hashes),
            "purpose": PURPOSE,
            "salt": salt,
            "seed": seed,
        }
    )


def check(record: Record) -> list[Finding]:
    """Every point that can be checked with what the record holds; the seed's as soon as it is told."""
    if record.algorithm != ALGORITHM:
        return [Finding("algorithm", agrees=False)]
    found = [Finding("hashes", agrees=hashes_of(record.lists) == record.hashes), Finding("weights", _adds_up(record))]
    if record.result_hash:
        found.append(Finding("result_hash", agrees=digest(record.result) == record.result_hash))
    if record.seed is None or record.salt is None:
        return found
    told = commitment(record.draw, record.hashes, seed=record.seed, salt=record.salt)
    found.append(Finding("commitment", agrees=told == record.commitment))
    if record.result_hash or record.impossible:
        found.append(Finding("replay", agrees=_again(record, record.seed) == (record.result, record.impossible)))
    return found


def _adds_up(record: Record) -> bool:
    return all(target.weight == sum(value for _, value in target.parts) for target in record.targets)


def _again(record: Record, seed: str) -> tuple[list[Drawn], dict[str, list[str]]]:
    """What the draw gives now: its result, or why there is none."""
    try:
        return draw(record.lists, seed, record.contribution), {}
    except Impossible as fault:
        return [], {fault.rule: fault.targets}

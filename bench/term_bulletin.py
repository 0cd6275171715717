"""The bulletin of the demonstration term's fullest half-month, with eight photos, as it is signed.

`python -m bench.term_bulletin`. The term is played up to that half-month (minutes), or taken from a copy of the folder
that DUDAO_BENCH_TERM names, made by `make demo-term DATA=…`. Eight photos are added to its gravest findings and
approved, the issue is withdrawn, compiled again, reviewed and signed; then its paper is printed again and again beside
WeasyPrint's of the same content, and in two more processes with other time zone, hash seed and locale.
"""

import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import msgspec

from bench import printing
from bench.stand import Stand, sqlite
from bench.table import Line

if TYPE_CHECKING:
    from backend.bulletins.models import Bulletin
    from backend.desk.services.term.stage import Stage

START = dt.date(2026, 10, 16)
"""The fullest half-month of the term: 268 visits."""

HALVES = (0, 1, 2, 3)
"""Played: what came before is in its figures and its ledger."""

NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
PHOTOS = (4, 2)
"""Findings, and photos of each."""

OTHERS = (
    {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"},
    {"TZ": "America/New_York", "PYTHONHASHSEED": "4242", "LC_ALL": "C"},
)
TURNS, QUICK = 7, 3


def lines(*, quick: bool = False) -> Iterator[Line]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, sqlite(Path(folder)) as stand:
        if given := os.environ.get("DUDAO_BENCH_TERM"):
            shutil.copytree(given, stand.folder, dirs_exist_ok=True)
        stand.environment |= {name: os.environ[name] for name in (printing.PYTHON,) if name in os.environ}
        out = stand.folder / "lines.json"
        stand.run("bench.term_bulletin", "sign")
        stand.run("bench.term_bulletin", "measure", str(out), str(QUICK if quick else TURNS))
        yield from msgspec.json.decode(out.read_bytes(), type=list[Line])
        yield _same_bytes(stand)


def _same_bytes(stand: Stand) -> Line:
    found, own = set(), stand.environment
    for at, other in enumerate(OTHERS):
        out = stand.folder / f"digest-{at}"
        stand.environment = own | other
        stand.run("bench.term_bulletin", "digest", str(out))
        found.add(out.read_text())
    stand.environment = own
    figure = "as signed" if found == {"as signed"} else ", ".join(sorted(found))
    what = "its bytes in two processes with other time zone, hash seed and locale"
    return Line(what, figure, "as signed", found == {"as signed"})


def sign() -> None:
    """In this process: the term, the photos, the issue signed."""
    from django.core.management import call_command

    from backend.accounts.models import County
    from backend.bulletins.services import compiling, editing, publishing, signing
    from backend.core import clock
    from backend.desk.services.term import playing
    from backend.desk.services.term import stage as stages
    from backend.inspections.models import Visit

    call_command("migrate", verbosity=0)
    if not Visit.objects.exists():
        playing.load(seed="1", say=lambda _line: None, choice=playing.Choice(HALVES))
    with clock.fixed(NOW):
        stage = stages.read(County.objects.get())
        first = compiled()
        publishing.withdraw(actor=stage.office, bulletin_id=first.pk, reason="补充照片。")
        _add_photos(stage, [one["finding"] for one in first.facts["cases"]])
        again = compiling.compile(actor=stage.office, period_start=START)
        editing.review(actor=stage.office, bulletin_id=again.pk)
        signing.sign(actor=stage.signer, bulletin_id=again.pk)


def compiled() -> "Bulletin":
    """The standing issue of the half-month."""
    from backend.bulletins.models import Bulletin

    return Bulletin.objects.exclude(state="withdrawn").get(period_start=START)


def _add_photos(stage: "Stage", findings: list[str]) -> None:
    from backend.inspections.models import Finding
    from backend.inspections.services import copies
    from tests.documents import papers
    from tests.fixtures.photographs import Photographs

    many, each = PHOTOS
    for at, finding in enumerate(findings[:many]):
        for number in range(each):
            size = (1600, 1200) if number % 2 == 0 else (1200, 1600)
            data = papers.snapshot(at * each + number, size).content
            row = Photographs().of_finding(Finding.objects.get(pk=finding), stage.office, data)
            copies.approve(actor=stage.office, evidence_id=row.pk)


def measure(turns: int) -> Iterator[Line]:
    """In this process: the signed paper once more, and by WeasyPrint, in turn."""
    from backend.bulletins.services import imprint
    from backend.bulletins.services.paper import paper, photos_of
    from backend.documents import bulletin as printed

    issue = compiled()
    content = paper(issue, imprint.of_signing(issue))
    first = printed.render(content)
    what = f"bulletin of {issue.facts['figures']['visits']['value']} visits with {len(photos_of(content))} photos"
    with printing.weasyprint(content) as control:
        ours, theirs = [], []
        for _ in range(turns):
            ours.append(printing.computed(content) / first.pages * 1000)
            theirs += [control()] if control else []
        yield from printing.compared(what, ours, theirs, first)


def digest() -> str:
    """Whether printing it from what is stored gives the bytes that were signed."""
    import locale

    from backend.bulletins.services import signing

    locale.setlocale(locale.LC_ALL, "")
    issue = compiled()
    made = signing.rebuild(bulletin=issue).sha256
    return "as signed" if made == issue.pdf_sha256 else made


def main() -> None:
    """One part of it in this process, or all of it on a stand."""
    if len(sys.argv) == 1:
        for line in lines():
            sys.stdout.write(f"{' | '.join(line.cells())}\n")
            sys.stdout.flush()
        return
    django.setup()
    if sys.argv[1] == "sign":
        sign()
    elif sys.argv[1] == "digest":
        Path(sys.argv[2]).write_text(digest())
    else:
        Path(sys.argv[2]).write_bytes(msgspec.json.encode(list(measure(int(sys.argv[3])))))


if __name__ == "__main__":
    main()

"""The bytes of the file: ReportLab's objects, the small ones packed into compressed object streams.

A tagged paper has an object for every table cell. ReportLab writes them one by one, uncompressed; packed (ISO 32000-1
§7.5.7, §7.5.8, PDF 1.5) a long ledger takes a third of the bytes and of the time.
"""

import re
import struct
import zlib
from hashlib import sha256
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject
from reportlab.pdfbase.pdfdoc import format as source_of

HEAD = b"%PDF-1.5\n%\xe5\x8f\xb8\xe6\xb3\x95\n"
PACKED = 200  # objects in one stream
_REFERENCE = re.compile(rb"\s*\d+ \d+ R\s*")
FREE, DIRECT, INSIDE = 0, 1, 2  # kinds of entries of the cross-reference stream


class Source(PDFObject):
    """An object whose PDF source is given. ``__RefOnly__`` makes ReportLab refer to it wherever it is named."""

    __RefOnly__ = 1

    def __init__(self, source: bytes) -> None:
        self.source = source

    def format(self, _document: Any) -> bytes:
        """Return the PDF source; ReportLab's protocol."""
        return self.source


def stream(content: bytes, entries: str = "", *, filtered: str = "FlateDecode") -> Source:
    """Return a stream object; ``content`` is already encoded by ``filtered``."""
    head = f"<< /Length {len(content)} /Filter /{filtered} {entries}>>\nstream\n".encode()
    return Source(head + content + b"\nendstream\n")


def add_object(document: Any, one: PDFObject, name: str = "") -> int:
    """Register an object with ReportLab's document and return its number."""
    reference = document.Reference(one, name or f"Object{document.objectcounter + 1}")
    return int(document.idToObjectNumberAndVersion[reference.name][0])


def text_string(text: str) -> str:
    """Return a PDF text string (ISO 32000-1 §7.9.2.2)."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def file_of(document: Any) -> bytes:
    """Return the whole file; stands for ``PDFDocument.format``. Equal objects give equal bytes."""
    document.encrypt.prepare(document)
    catalog, info = document.Reference(document.Catalog), document.Reference(document.info)
    direct, packed = _sources(document)
    size = max([*direct, *packed]) + 1
    entries = {0: (FREE, 0, 65535)}
    numbers = sorted(packed)
    for at in range(0, len(numbers), PACKED):
        inside = numbers[at : at + PACKED]
        direct[size] = _object_stream([(number, packed[number]) for number in inside])
        entries |= {number: (INSIDE, size, place) for place, number in enumerate(inside)}
        size += 1
    out = [HEAD]
    place = len(HEAD)
    for number in sorted(direct):
        written = b"%d 0 obj\n%b\nendobj\n" % (number, direct[number])
        entries[number] = (DIRECT, place, 0)
        out.append(written)
        place += len(written)
    identity = sha256(b"".join(out)).hexdigest()[:32]
    roots = f"/Root {catalog.format(document).decode()} /Info {info.format(document).decode()}"
    entries[size] = (DIRECT, place, 0)
    table = zlib.compress(b"".join(struct.pack(">BIH", *entries[number]) for number in range(size + 1)))
    names = f"/Type /XRef /Size {size + 1} /W [1 4 2] {roots} /ID [<{identity}> <{identity}>] "
    out.append(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (size, stream(table, names).source, place))
    return b"".join(out)


def _sources(document: Any) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Source of every object by number: those that an object stream may not hold, and all others.

    Formatting may register further objects.
    """
    direct: dict[int, bytes] = {}
    packed: dict[int, bytes] = {}
    number = 1
    while number in document.numberToId:
        source = bytes(source_of(document.idToObject[document.numberToId[number]], document, toplevel=1))
        stands_alone = source.endswith(b"endstream\n") or _REFERENCE.fullmatch(source)
        (direct if stands_alone else packed)[number] = source
        number += 1
    return direct, packed


def _object_stream(objects: list[tuple[int, bytes]]) -> bytes:
    places, body = [], []
    at = 0
    for number, source in objects:
        places.append(f"{number} {at}")
        body.append(source.strip())
        at += len(body[-1]) + 1
    head = " ".join(places).encode() + b"\n"
    content = zlib.compress(head + b"\n".join(body))
    return stream(content, f"/Type /ObjStm /N {len(objects)} /First {len(head)} ").source

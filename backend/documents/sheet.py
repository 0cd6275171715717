"""The sheet: ReportLab's canvas with the fonts, the lettering and the pictures of a paper."""

import zlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from reportlab.lib.colors import Color

from backend.documents.fonts import Font
from backend.documents.fonts.embedding import Embedded
from backend.documents.layout import Placed
from backend.documents.layout.characters import cleaned
from backend.documents.pdf_file import Source, add_object, file_of, stream
from backend.documents.press import Press
from backend.documents.tags import Reference, TaggedCanvas

TOUCHING = 1e-6  # em: neighbours closer than this to their natural place need no move


class Picture(NamedTuple):
    """A JPEG ready for paper, and its size in pixels."""

    content: bytes
    width: int
    height: int
    gray: bool = False


class Piece(NamedTuple):
    """A run of one font as the page writes it: font, numbers of its characters in hex, width in em."""

    font: Embedded
    code: str
    width: float


class Sheet(TaggedCanvas):
    """One document. Text is written by ``letter``; what is known only at the end by ``later``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._embedded: dict[str, Embedded] = {}
        self._pieces: dict[tuple[str, str], tuple[Piece, ...]] = {}
        self._deferred: list[tuple[str, str, Callable[[], None]]] = []
        self._pictures: dict[bytes, str] = {}
        self.made: dict[object, str] = {}
        """Operators of what is drawn again and again (cells of a table), by the identity of the thing drawn."""

    def letter(self, press: Press, placed: Iterable[Placed], x: float, y: float, size: float) -> str:
        """Return operators that draw placed tokens: left edge ``x``, baseline ``y``, all in points.

        The places inside a line are given in thousandths of an em from each character's natural place, so that a line
        keeps its length to a hundredth of a point.
        """
        out: list[str] = []
        font, end, moved, move = None, 0.0, 0.0, ""
        for token, start in placed:
            at = start
            for piece in self._pieces_of(press, token.text, token.face):
                gap = at - end
                if piece.font is not font:
                    font = piece.font
                    out.append(f"{'>]TJ ' if out else ''}/{font.key} {size:g} Tf 1 0 0 1 "
                               f"{x + at * size:.3f} {y:.3f} Tm [<")  # fmt: skip
                elif gap > TOUCHING or gap < -TOUCHING:
                    if gap != moved:
                        moved, move = gap, f">{-1000 * gap:.2f}<"
                    out.append(move)
                out.append(piece.code)
                end = at = at + piece.width
        return f"BT {''.join(out)}>]TJ ET" if out else ""

    def letter_solid(self, press: Press, text: str, face: str, x: float, y: float, size: float) -> float:
        """Draw ``text`` set solid and return its width in points."""
        end = x
        for piece in self._pieces_of(press, cleaned(text), face):
            self.code.append(f"BT /{piece.font.key} {size:g} Tf {end:.3f} {y:.3f} Td <{piece.code}> Tj ET")
            end += piece.width * size
        return end - x

    def ink(self, color: Color) -> None:
        """Set the colour of text, once for many pieces of it."""
        self.setFillColor(color)

    def later(self, draw: Callable[[], None]) -> None:
        """Leave a place in the page for what ``draw`` will draw once all pages are known."""
        mark = f"%later{len(self._deferred)}%"
        self._deferred.append((self._page_name(), mark, draw))
        self.code.append(mark)

    def picture(self, picture: Picture, box: tuple[float, float, float, float]) -> None:
        """Draw a JPEG into ``box`` (left, bottom, width, height in points), as it is; the same one is kept once."""
        name = self._pictures.get(picture.content)
        if name is None:
            name = self._pictures[picture.content] = f"Picture{len(self._pictures) + 1}"
            entries = (
                f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /BitsPerComponent 8"
                f" /ColorSpace /{'DeviceGray' if picture.gray else 'DeviceRGB'} "
            )
            add_object(self.document, stream(picture.content, entries, filtered="DCTDecode"), f"FormXob.{name}")
        self.__dict__["_currentPageHasImages"] = 1
        self.__dict__["_formsinuse"].append(name)
        left, bottom, width, height = box
        self.code.append(f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /FormXob.{name} Do Q")

    def showPage(self) -> None:
        """Close the page; its content is packed at once unless something of it is still to come."""
        name = self._page_name()
        super().showPage()
        if not any(page == name for page, _, _ in self._deferred):
            self._pack(self.document.idToObject[name])

    def save(self) -> None:
        """Draw what was left for later, add structure and fonts, write the file."""
        if self.code:
            self.showPage()
        self._draw_deferred()
        self.write_tree()
        self._add_fonts()
        self.document.format = partial(file_of, self.document)
        self.document.SaveToFile(self.__dict__["_filename"], self)

    def _pieces_of(self, press: Press, text: str, face: str) -> tuple[Piece, ...]:
        key = (face, text)
        found = self._pieces.get(key)
        if found is None:
            found = self._pieces[key] = tuple(
                Piece(font, "".join(map(font.code, run.text)), run.width)
                for run, font in ((run, self._use(run.font)) for run in press.runs(text, face))
            )
        return found

    def _use(self, font: Font) -> Embedded:
        known = self._embedded.get(font.name)
        if known is None:
            known = self._embedded[font.name] = Embedded(font.file, f"F{len(self._embedded) + 1}")
        return known

    def _draw_deferred(self) -> None:
        pages: dict[str, Any] = {}
        for name, mark, draw in self._deferred:
            page = pages.setdefault(name, self.document.idToObject[name])
            before, self.__dict__["_code"] = self.code, []
            draw()
            page.stream = page.stream.replace(mark, "\n".join(self.code), 1)
            self.__dict__["_code"] = before
        for page in pages.values():
            self._pack(page)

    def _pack(self, page: Any) -> None:
        page.Contents = stream(zlib.compress(page.stream.encode()))
        page.stream = None

    def _add_fonts(self) -> None:
        document = self.document
        resources = document.idToObject["BasicFonts"].dict
        for embedded in self._embedded.values():
            objects = embedded.objects()
            file = add_object(document, stream(objects.file, f"/Length1 {objects.file_length} "))
            descriptor = add_object(document, Source(_with(objects.descriptor, "file", file)))
            descendant = add_object(document, Source(_with(objects.descendant, "descriptor", descriptor)))
            table = add_object(document, stream(objects.to_unicode))
            font = (
                f"<< /Type /Font /Subtype /Type0 /BaseFont /{objects.name} /Encoding /Identity-H"
                f" /DescendantFonts [{descendant} 0 R] /ToUnicode {table} 0 R >>"
            )
            resources[embedded.key] = Reference(add_object(document, Source(font.encode())))


def _with(source: str, name: str, number: int) -> bytes:
    return source.replace(f"{{{name}}}", f"{number} 0 R").encode()

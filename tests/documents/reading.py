"""Read a PDF back with two independent readers."""

import io
import re
from typing import Any

import pypdfium2
from pypdf import PdfReader
from pypdf.generic import DictionaryObject


def squeezed(text: str) -> str:
    """Without white space: readers differ in where they see some."""
    return re.sub(r"\s+", "", text)


def pypdf_pages(content: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def pdfium_pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [squeezed(document[at].get_textpage().get_text_range()) for at in range(len(document))]
    finally:
        document.close()


def fonts(content: bytes) -> dict[str, bool]:
    """Base name of every font on every page, and whether its file is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        resources: Any = page["/Resources"]
        for reference in resources.get_object().get("/Font", DictionaryObject()).values():
            font: Any = reference.get_object()
            for part in font.get("/DescendantFonts", [font]):
                inner = part.get_object()
                file = inner.get("/FontDescriptor", DictionaryObject()).get_object().get("/FontFile2")
                found[str(inner["/BaseFont"])] = file is not None
    return found


def outline(content: bytes) -> list[str]:
    """Titles of the outline, flat."""

    def flat(items: list[Any]) -> list[str]:
        return [text for item in items for text in (flat(item) if isinstance(item, list) else [item.title])]

    return flat(list(PdfReader(io.BytesIO(content)).outline))

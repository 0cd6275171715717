"""A canvas that writes the structure of the paper into it: headings, paragraphs, tables, figures with their words.

Screen readers and search engines read a tagged PDF (ISO 32000-1 §14.7-14.8) in the order and roles given here. Page
furniture stays outside. No claim of PDF/UA is made.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas


@dataclass(slots=True)
class Node:
    """A structure element: ``kind`` as in ISO 32000-1 §14.8.4; a leaf has the place of its marked content."""

    kind: str
    parent: "Node | None" = None
    alt: str = ""
    page: str = ""
    mark: int = 0
    row: int = -1
    kids: list["Node"] = field(default_factory=list)
    name: str = ""


class Sheet(Canvas):
    """A canvas with a structure tree. Drawing inside ``tagged`` belongs to one element; nested tags count once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._tree = Node("Document")
        self._group = self._tree
        self._marks: list[Node] = []
        self._pages: list[list[Node]] = []
        self._inside = False

    @contextmanager
    def tagged(self, kind: str, alt: str = "", row: int = -1) -> Iterator[None]:
        """Draw one element; ``alt`` says in words what a figure shows; ``row`` puts a cell into its table row.

        ``Artifact`` marks page furniture, which is no part of the text.
        """
        if self._inside:
            yield
            return
        code: list[str] = self.__dict__["_code"]
        if kind == "Artifact":
            code.append("/Artifact BMC")
            yield
            code.append("EMC")
            return
        parent = self._row(row) if row >= 0 and self._group.kind == "Table" else self._group
        node = Node(kind, parent, alt, self._page_name(), len(self._marks))
        parent.kids.append(node)
        self._marks.append(node)
        code.append(f"/{kind} <</MCID {node.mark}>> BDC")
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
            code.append("EMC")

    @contextmanager
    def table(self) -> Iterator[None]:
        """Draw a table: cells tagged inside are gathered into rows."""
        before = self._group
        self._group = Node("Table", before)
        before.kids.append(self._group)
        try:
            yield
        finally:
            self._group = before

    def showPage(self) -> None:
        """Close the page and remember what was marked on it."""
        document, name = self._document(), self._page_name()
        super().showPage()
        page = document.idToObject[name]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents"]
        page.StructParents = len(self._pages)
        self._pages.append(self._marks)
        self._marks = []

    def save(self) -> None:
        """Write the structure tree and the file."""
        if self.__dict__["_code"]:
            self.showPage()
        self._write_tree()
        super().save()

    def _row(self, row: int) -> Node:
        rows = self._group.kids
        if not rows or rows[-1].row != row:
            rows.append(Node("TR", self._group, row=row))
        return rows[-1]

    def _document(self) -> Any:
        return self.__dict__["_doc"]

    def _page_name(self) -> str:
        return str(self._document().thisPageName())

    def _write_tree(self) -> None:
        document = self._document()
        nodes = list(_walk(self._tree))
        for number, node in enumerate(nodes):
            node.name = f"Tag{number}"
        for node in nodes:
            document.Reference(PDFDictionary(_entries(node)), node.name)
        numbers: list[Any] = []
        for page, marks in enumerate(self._pages):
            numbers += [page, PDFArray([PDFObjectReference(node.name) for node in marks])]
        root = PDFDictionary(
            {
                "Type": PDFName("StructTreeRoot"),
                "K": PDFObjectReference(self._tree.name),
                "ParentTree": document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}), "TagParents"),
            }
        )
        document.Catalog.StructTreeRoot = document.Reference(root, "TagRoot")
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})


def tagged(canvas: Canvas, kind: str, alt: str = "", row: int = -1) -> AbstractContextManager[None]:
    """Draw one element on a sheet; on any other canvas nothing is marked."""
    return canvas.tagged(kind, alt, row) if isinstance(canvas, Sheet) else nullcontext()


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.kids:
        yield from _walk(kid)


def _entries(node: Node) -> dict[str, Any]:
    entries: dict[str, Any] = {
        "Type": PDFName("StructElem"),
        "S": PDFName(node.kind),
        "P": PDFObjectReference(node.parent.name if node.parent else "TagRoot"),
        "K": node.mark if node.page else PDFArray([PDFObjectReference(kid.name) for kid in node.kids]),
    }
    if node.page:
        entries["Pg"] = PDFObjectReference(node.page)
    if node.alt:
        entries["Alt"] = PDFString(node.alt)
    return entries

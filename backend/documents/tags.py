"""A canvas that writes the structure of the paper into it: headings, paragraphs, tables, figures with their words.

Screen readers and search engines read a tagged PDF (ISO 32000-1 §14.7-14.8) in the order and roles given here. Page
furniture stays outside. No claim of PDF/UA is made.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFObject, PDFObjectReference
from reportlab.pdfgen.canvas import Canvas

from backend.documents.pdf_file import Source, add_object, text_string

TREE = "StructTree"


@dataclass(slots=True, eq=False)
class Node:
    """A structure element: ``kind`` as in ISO 32000-1 §14.8.4; a leaf has the place of its marked content."""

    kind: str
    parent: "Node | None" = None
    alt: str = ""
    page: str = ""
    mark: int = 0
    row: int = -1
    kids: list["Node"] = field(default_factory=list)
    number: int = 0


class TaggedCanvas(Canvas):
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
        self.code.append("/Artifact BMC" if kind == "Artifact" else self.opened(kind, alt, row))
        self._inside = kind != "Artifact"
        try:
            yield
        finally:
            self._inside = False
            self.code.append("EMC")

    def opened(self, kind: str, alt: str = "", row: int = -1) -> str:
        """Add an element to the tree and return the operator that begins its content; ``EMC`` ends it."""
        parent = self._row(row) if row >= 0 and self._group.kind == "Table" else self._group
        node = Node(kind, parent, alt, self._page_name(), len(self._marks))
        parent.kids.append(node)
        self._marks.append(node)
        return f"/{kind} <</MCID {node.mark}>> BDC"

    @property
    def code(self) -> list[str]:
        """The operators of the page so far."""
        code: list[str] = self.__dict__["_code"]
        return code

    @contextmanager
    def table(self, continues: Node | None = None) -> Iterator[Node]:
        """Draw a table: cells tagged inside are gathered into rows.

        ``continues`` is the table of which this is a further part; the parts are one element of the structure.
        """
        before = self._group
        self._group = continues or Node("Table", before)
        if continues is None:
            before.kids.append(self._group)
        try:
            yield self._group
        finally:
            self._group = before

    def showPage(self) -> None:
        """Close the page and remember what was marked on it."""
        document, name = self.document, self._page_name()
        super().showPage()
        page = document.idToObject[name]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents"]
        page.StructParents = len(self._pages)
        self._pages.append(self._marks)
        self._marks = []

    @property
    def document(self) -> Any:
        """ReportLab's document behind the canvas."""
        return self.__dict__["_doc"]

    def _row(self, row: int) -> Node:
        rows = self._group.kids
        if not rows or rows[-1].row != row:
            rows.append(Node("TR", self._group, row=row))
        return rows[-1]

    def _page_name(self) -> str:
        return str(self.document.thisPageName())

    def write_tree(self) -> None:
        """Add the structure to the document; to be called once, after the last page."""
        document, nodes = self.document, list(_walk(self._tree))
        objects = [Source(b"") for _ in nodes]
        for node, one in zip(nodes, objects, strict=True):
            node.number = add_object(document, one)
        root, parents = Source(b""), Source(self._parents())
        tree = add_object(document, root, TREE)
        for node, one in zip(nodes, objects, strict=True):
            one.source = _element(node, tree, document.idToObjectNumberAndVersion).encode()
        table = add_object(document, parents)
        root.source = f"<< /Type /StructTreeRoot /K {nodes[0].number} 0 R /ParentTree {table} 0 R >>".encode()
        document.Catalog.StructTreeRoot = PDFObjectReference(TREE)
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _parents(self) -> bytes:
        pages = (" ".join(f"{node.number} 0 R" for node in marks) for marks in self._pages)
        return f"<< /Nums [{' '.join(f'{page} [{marks}]' for page, marks in enumerate(pages))}] >>".encode()


class Reference(PDFObject):
    """A reference to an object by its number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def format(self, _document: Any) -> bytes:
        """Return the PDF source; ReportLab's protocol."""
        return f"{self.number} 0 R".encode()


def tagged(canvas: Canvas, kind: str, alt: str = "", row: int = -1) -> AbstractContextManager[None]:
    """Draw one element on a sheet; on any other canvas nothing is marked."""
    return canvas.tagged(kind, alt, row) if isinstance(canvas, TaggedCanvas) else nullcontext()


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.kids:
        yield from _walk(kid)


def _element(node: Node, root: int, numbers: dict[str, tuple[int, int]]) -> str:
    parent = node.parent.number if node.parent else root
    content = str(node.mark) if node.page else f"[{' '.join([f'{kid.number} 0 R' for kid in node.kids])}]"
    page = f" /Pg {numbers[node.page][0]} 0 R" if node.page else ""
    alt = f" /Alt {text_string(node.alt)}" if node.alt else ""
    return f"<< /Type /StructElem /S /{node.kind} /P {parent} 0 R /K {content}{page}{alt} >>"

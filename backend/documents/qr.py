"""A QR mark as plain rectangles."""

from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.pdfgen.canvas import Canvas

QUIET = 2  # modules of white around the mark; the paper itself gives the rest


def draw_qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """Draw ``text`` as a QR mark of ``side`` points with its lower left corner at ``x``, ``y``."""
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    module = side / (count + 2 * QUIET)
    for row in range(count):
        for column in range(count):
            if code.isDark(row, column):
                left = x + (column + QUIET) * module
                canvas.rect(left, y + side - (row + 1 + QUIET) * module, module, module, stroke=0, fill=1)


def modules(text: str) -> list[list[bool]]:
    """The mark as rows of dark and light modules, without the white around it: for pages that draw it themselves."""
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    return [[bool(code.isDark(row, column)) for column in range(count)] for row in range(count)]

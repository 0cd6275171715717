"""Measures of GB/T 9704-2012, in points."""

from reportlab.lib.colors import Color
from reportlab.lib.units import mm

PAGE = (210 * mm, 297 * mm)
LEFT, TOP, RIGHT, BOTTOM = 28 * mm, 37 * mm, 26 * mm, 35 * mm
TYPE_WIDTH, TYPE_HEIGHT = 156 * mm, 225 * mm
LINES, CHARACTERS = 22, 28
LEADING = TYPE_HEIGHT / LINES
SIZE_1, SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4, SIZE_5, SIZE_SMALL_5 = 26.0, 22.0, 15.75, 14.0, 12.0, 10.5, 9.0
"""一号、二号、三号（28 to a line of 156 mm）、四号、小四、五号、小五."""
RED = Color(0.80, 0.05, 0.07)
GREY = Color(0.35, 0.35, 0.35)
SHADE = Color(0.91, 0.91, 0.91)
THICK, THIN = 0.35 * mm, 0.25 * mm

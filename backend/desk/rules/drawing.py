"""SVG as elements: text is escaped by the tree, nothing is styled inline (Content-Security-Policy), widths are units.

Charts are drawn 360 units wide, so that their words can be read on a phone; a wide screen puts them side by side.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString

WIDTH = 360


class Drawing:
    """An SVG picture that a template may print as it is."""

    def __init__(self, height: float, title: str, *, width: float = WIDTH, kind: str = "chart") -> None:
        self.root = Element(
            "svg",
            {"class": kind, "viewBox": f"0 0 {number(width)} {number(height)}", "role": "group", "aria-label": title},
        )

    def __str__(self) -> SafeString:
        """Safe to print: the tree has escaped every word."""
        return SafeString(tostring(self.root, encoding="unicode"))


def add(parent: Element, tag: str, text: str = "", /, **attributes: object) -> Element:
    """An element below `parent`; `_` in names of attributes stands for `-`, and one at the end for nothing."""
    given = {name.rstrip("_").replace("_", "-"): number(value) for name, value in attributes.items()}
    child = SubElement(parent, tag, given)
    child.text = text or None
    return child


def linked(parent: Element, address: str, says: str) -> Element:
    """A group that leads to `address`; without one just a group. `says` is what it is called when it is not seen."""
    if not address:
        group = add(parent, "g", role="img", aria_label=says)
    else:
        group = add(parent, "a", href=address, aria_label=says)
    add(group, "title", says)
    return group


def number(value: object) -> str:
    """As short as it can be said: half a pixel matters to nobody."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def percent(value: float | None) -> str:
    """A share in percent; what is not known is said so."""
    return "—" if value is None else f"{value:.1f}%"

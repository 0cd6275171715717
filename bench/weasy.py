"""Print a web page with WeasyPrint again and again, told over standard input; any Python that has WeasyPrint runs it.

Knows nothing of the product: `python bench/weasy.py page.html style.css` answers every line of input with the seconds
computed, the number of pages and the bytes of one print.
"""

import sys
import time
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Read the style once, then print for every line of input."""
    engine, fonts = import_module("weasyprint"), import_module("weasyprint.text.fonts").FontConfiguration()
    page, style = Path(sys.argv[1]), engine.CSS(sys.argv[2], font_config=fonts)
    for _ in sys.stdin:
        began = time.process_time()
        document = engine.HTML(str(page)).render(font_config=fonts, stylesheets=[style])
        content = document.write_pdf()
        spent = time.process_time() - began
        sys.stdout.write(f"{spent} {len(document.pages)} {len(content)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

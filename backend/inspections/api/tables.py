"""Tables as CSV files that spreadsheets open rightly: UTF-8 with BOM, and no cell that they would calculate."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

MEDIA_TYPE = "text/csv"
BOM = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A file `name`.csv."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return HttpResponse(out.getvalue(), content_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    """Texts that begin like a formula get an apostrophe, as spreadsheets understand it; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value

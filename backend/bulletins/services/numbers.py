"""Issue numbers: consecutive in the year, and over all years."""

from backend.bulletins.models import ALL_YEARS, BulletinNumber


def take(*, county_id: int, year: int) -> tuple[int, int]:
    """The next number of the year and the next of all years; inside `journal.write()`.

    Both rows stay locked until the transaction ends: numbers of a transaction that fails go to the next one.
    """
    return _next(county_id, year), _next(county_id, ALL_YEARS)


def coming(*, county_id: int, year: int) -> tuple[int, int]:
    """The numbers that `take` would give now; nothing is taken."""
    rows = BulletinNumber.objects.filter(county_id=county_id, year__in=(year, ALL_YEARS))
    last = dict(rows.values_list("year", "last"))
    return last.get(year, 0) + 1, last.get(ALL_YEARS, 0) + 1


def _next(county_id: int, year: int) -> int:
    BulletinNumber.objects.bulk_create([BulletinNumber(county_id=county_id, year=year)], ignore_conflicts=True)
    series = BulletinNumber.objects.select_for_update().get(county_id=county_id, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last

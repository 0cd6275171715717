"""Numbers of papers: consecutive in the year, none missing, none twice."""

from backend.notices.models import NumberSeries


def take(*, county_id: int, kind: str, year: int) -> int:
    """The next number; inside `journal.write()`. The series stays locked until the transaction ends, so that a
    number whose transaction fails is given to the next one and no gap remains.
    """
    NumberSeries.objects.bulk_create([NumberSeries(county_id=county_id, kind=kind, year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(county_id=county_id, kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last

"""Numbers and dates as official papers write them (GB/T 15835-2011, GB/T 9704-2012 7.3.5.4)."""

from datetime import date, datetime, time, timedelta

_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """Return 1-99 as a Chinese ordinal of headings: 一, 十, 十一, 二十三."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def chinese_date(day: date) -> str:
    """Return 2026年3月17日: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date) -> str:
    """Return 2026.3.17, for narrow columns of tables."""
    return f"{day.year}.{day.month}.{day.day}"


def day_of(day: date, year: int) -> str:
    """Return 3月17日 for a day of ``year``, else 2025.12.30: for narrow columns of a paper about that year."""
    return f"{day.month}月{day.day}日" if day.year == year else short_date(day)


def period(start: date, end: date) -> str:
    """Return 2026年3月1日至15日, repeating only what differs."""
    if start.year != end.year:
        return f"{chinese_date(start)}至{chinese_date(end)}"
    tail = f"{end.day}日" if start.month == end.month else f"{end.month}月{end.day}日"
    return f"{chinese_date(start)}至{tail}"


def moment(instant: datetime) -> str:
    """Return a data cut: midnight is 24时 of the day that ended, as offices say it."""
    if instant.time() == time(0):
        return f"{chinese_date(instant.date() - timedelta(days=1))}24时"
    return f"{chinese_date(instant.date())}{instant.hour}时{f'{instant.minute}分' if instant.minute else ''}"


def sentence(text: str) -> str:
    """Return ``text`` with a full stop unless it ends with a stop."""
    text = text.strip()
    inner = text.rstrip("”’）")
    return text if not inner or inner[-1] in "。！？；：…" else text + "。"

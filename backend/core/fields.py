"""Fields that every room's bodies may use."""

import datetime as dt
import math
from typing import Any, ClassVar

from rest_framework import serializers


class FiniteField(serializers.FloatField):
    """A number that JSON and every database can hold: the framework's own field also takes "nan" and "inf"."""

    def to_internal_value(self, data: Any) -> float:
        value: float = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class InstantField(serializers.DateTimeField):
    """An instant near our own time: years 1 and 9999 leave the calendar as soon as a time zone is applied to them."""

    default_error_messages: ClassVar[dict[str, Any]] = {"year": "请填写1970年至9998年之间的时间。"}

    def to_internal_value(self, value: Any) -> dt.datetime:
        try:
            instant: dt.datetime = super().to_internal_value(value)
        except OverflowError:
            self.fail("year")
        if not 1970 <= instant.year < 9999:
            self.fail("year")
        return instant


class DayField(serializers.DateField):
    """A day near our own time, for the same reason."""

    default_error_messages: ClassVar[dict[str, Any]] = {"year": "请填写1970年至9998年之间的日期。"}

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not 1970 <= day.year < 9999:
            self.fail("year")
        return day

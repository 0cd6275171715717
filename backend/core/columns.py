"""What kind of values a column holds."""

from typing import Any

TYPES = {
    "AutoField": "integer",
    "BigAutoField": "bigint",
    "BigIntegerField": "bigint",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "timestamptz",
    "FloatField": "double precision",
    "IntegerField": "integer",
    "JSONField": "jsonb",
    "PositiveBigIntegerField": "bigint",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "SmallIntegerField": "integer",
    "TextField": "text",
    "UUIDField": "uuid",
}
"""PostgreSQL's type of a column, by Django's name of the field."""

PLAIN = frozenset(name for name, type_ in TYPES.items() if type_ in ("bigint", "integer", "text", "uuid"))
"""Those with one way to write their values."""


def kind(field: Any) -> str:
    """Django's name of the type of what `field` stores; a reference stores what it refers to."""
    while field.remote_field is not None:
        field = field.target_field
    return str(field.get_internal_type())


def pg_type(field: Any) -> str:
    """PostgreSQL's type of the column, without a length."""
    return TYPES[kind(field)]

"""The names that the edition for schools must not show."""

from backend.registry.models import Target


def names(county_id: int) -> list[list[str]]:
    """`[name, type]` of everything that is or was inspected, by name."""
    rows = Target.objects.filter(county_id=county_id).order_by("name", "code")
    return sorted([target.name, target.type_code] for target in rows.only("name", "kind", "stage", "institution_class"))

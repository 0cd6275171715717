"""Which items a target has to answer: by its type, and by its grades where an item is bound to grades."""

from collections.abc import Collection

from backend.inspections.rules.checklist import Item, TargetType, Template

_GRADES = {
    TargetType.PRIMARY: frozenset(range(1, 7)),
    TargetType.JUNIOR: frozenset(range(7, 10)),
    TargetType.NINE_YEAR: frozenset(range(1, 10)),
    TargetType.COMPLETE_JUNIOR: frozenset(range(7, 10)),
    TargetType.SPECIAL: frozenset(range(1, 10)),
}


def default_grades(target_type: TargetType) -> frozenset[int]:
    """Grades a target of this type has when its own record says nothing; institutions and suspected sites have none."""
    return _GRADES.get(target_type, frozenset())


def applies(item: Item, target_type: TargetType, grades: Collection[int] | None = None) -> bool:
    """Whether a target of this type with these grades has to answer the item.

    ``grades`` overrides the grades usual for the type (a primary school without grade 1 yet, a special school's own
    grades); None means the usual ones.
    """
    if target_type not in item.targets:
        return False
    if item.grades is None:
        return True
    first, last = item.grades
    present = default_grades(target_type) if grades is None else grades
    return any(first <= grade <= last for grade in present)


def items_for(template: Template, target_type: TargetType, grades: Collection[int] | None = None) -> tuple[Item, ...]:
    """The items of the template that the target has to answer, in their order."""
    return tuple(item for item in template.items if applies(item, target_type, grades))

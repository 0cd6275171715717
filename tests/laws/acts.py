"""What may happen in the machine, and what is drawn for it."""

from collections.abc import Callable, Sequence
from typing import Any

ACT = "act_of_the_machine"


def act(weight: int = 1, **drawn: Sequence[Any]) -> Callable[[Any], Any]:
    """Declare something that may happen, `weight` times as often as others, with what is drawn for it."""

    def declare(method: Any) -> Any:
        setattr(method, ACT, (weight, drawn))
        return method

    return declare


def weights(machine: type) -> dict[str, int]:
    """Everything that may happen in `machine`, in the order of its names."""
    return {
        name: getattr(getattr(machine, name), ACT)[0] for name in dir(machine) if hasattr(getattr(machine, name), ACT)
    }


def draws(method: Any) -> dict[str, Sequence[Any]]:
    """Per argument the values that it may have."""
    return dict(getattr(method, ACT)[1])


PLACES = VISITS = (0, 1)
LIMITS = (1, 3, 2000)
EITHER = (False, True)

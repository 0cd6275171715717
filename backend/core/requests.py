"""Reading a request body through a serializer."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from backend.core.errors import Invalid


def read(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body. Raises `Invalid` with `errors` per field; NUL characters are refused (no database holds them)."""
    form = serializer(data=request.data)
    if not form.is_valid():
        raise Invalid(errors=_texts(form.errors))
    return dict(form.validated_data)


def _texts(errors: Any) -> Any:
    if isinstance(errors, dict):
        return {str(key): _texts(value) for key, value in errors.items()}
    if isinstance(errors, (list, tuple)):
        return [_texts(value) for value in errors]
    return str(errors)

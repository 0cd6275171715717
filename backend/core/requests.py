"""Reading a request body or a query through a serializer."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from backend.core.errors import Invalid


def read(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body. Raises `Invalid` with `errors` per field."""
    return _validated(serializer, request.data)


def read_query(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated query parameters; those the serializer does not know are left out. Raises `Invalid` like `read`."""
    return _validated(serializer, request.query_params.dict())


def _validated(serializer: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    form = serializer(data=data)
    if not form.is_valid():
        raise Invalid(errors=_texts(form.errors))
    return dict(form.validated_data)


def _texts(errors: Any) -> Any:
    if isinstance(errors, dict):
        return {str(key): _texts(value) for key, value in errors.items()}
    if isinstance(errors, (list, tuple)):
        return [_texts(value) for value in errors]
    return str(errors)

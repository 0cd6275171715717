"""Filters of a list: a form in the address, read leniently, because addresses are kept, shared and typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest


def chosen(form: Callable[..., forms.Form], request: HttpRequest) -> tuple[forms.Form, dict[str, Any]]:
    """The filters as shown, and what holds of them: what is empty or makes no sense filters nothing."""
    filled = form(request.GET, auto_id="filter-%s")
    filled.is_valid()
    return filled, {name: value for name, value in filled.cleaned_data.items() if value not in ("", None)}

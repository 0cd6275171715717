"""Chinese line layout as pure functions over widths: tokenise -> break -> justify. Knows no PDF."""

from backend.documents.layout.breaking import Line, break_lines
from backend.documents.layout.justifying import Placed, justify
from backend.documents.layout.tokens import Span, Token, tokenise

__all__ = ["Line", "Placed", "Span", "Token", "break_lines", "justify", "tokenise"]

"""Faces: vendored subsets, overrides, and a fallback for every character."""

from backend.documents.fonts.faces import Face, Faces, Font, Glyph, faces_in, own_faces, use

__all__ = ["Face", "Faces", "Font", "Glyph", "faces_in", "own_faces", "use"]

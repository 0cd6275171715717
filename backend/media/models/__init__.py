"""Tables of media: what is expected, what is arriving, what is kept."""

from backend.media.models.access import Access
from backend.media.models.appearance import Appearance
from backend.media.models.blob import Blob, Derivative, Holding
from backend.media.models.expectation import Expectation
from backend.media.models.upload import Upload

__all__ = ["Access", "Appearance", "Blob", "Derivative", "Expectation", "Holding", "Upload"]

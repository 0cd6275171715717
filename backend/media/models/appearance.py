"""What a file shows and says of itself, found once."""

from django.db import models

from backend.core import clock
from backend.media.models.blob import Blob


class Appearance(models.Model):
    """The facts of `rules.examination`, and the perceptual hash of the upright picture (`rules.likeness`).

    `likeness` is a signed 64-bit number, None for what is no picture or too plain to be compared. The bands are its
    four 16-bit parts: pictures that look alike have at least one nearly in common, and that is looked up by index.
    """

    blob = models.OneToOneField(Blob, on_delete=models.CASCADE, primary_key=True, related_name="appearance")
    facts = models.JSONField(default=dict)
    likeness = models.BigIntegerField(null=True)
    band_1 = models.IntegerField(null=True)
    band_2 = models.IntegerField(null=True)
    band_3 = models.IntegerField(null=True)
    band_4 = models.IntegerField(null=True)
    looked_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=[f"band_{place}", "likeness"], name=f"appearance_band_{place}") for place in range(1, 5)
        ]

    def __str__(self) -> str:
        return f"{self.blob_id}: {self.likeness}"

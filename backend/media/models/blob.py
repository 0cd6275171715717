"""Bytes that are kept, by the hash of their content."""

from django.db import models

from backend.core import clock


class Blob(models.Model):
    """A file in storage under its SHA-256 (lower-case hex). `filetype` is what the bytes are, never what was claimed.

    `remove_after` is set while no room needs it (`services.removal`), `used_at` when the same bytes last came again.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    filetype = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)
    remove_after = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["remove_after"], name="media_blob_unneeded", condition=models.Q(remove_after__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


class Holding(models.Model):
    """Who brought or made which bytes, and for what: one blob may be the evidence of several people and counties.

    `evidence_id` is empty and `owner_id` None for files the product made itself. `derived_at` is None until the smaller
    copies of an image were made, or were found not to be makeable.
    """

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="holdings")
    county_id = models.BigIntegerField()
    evidence_id = models.CharField(max_length=64, blank=True)
    owner_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    derived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blob", "county_id", "evidence_id"], name="media_held_once"),
        ]
        indexes = [
            models.Index(fields=["id"], name="media_holding_underived", condition=models.Q(derived_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.blob_id} for {self.evidence_id or 'the product'}"


class Derivative(models.Model):
    """A smaller, upright copy of an image without its metadata; in storage under its own hash.

    It tells time, place and team of one evidence, so it belongs to that `holding`: the same bytes may be the evidence
    of two teams that know nothing of each other. `captioned`: a room above knew what to write on it.
    """

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="derivatives")
    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, null=True, related_name="derivatives")
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    captioned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["blob", "kind"],
                condition=models.Q(holding__isnull=True),
                name="media_one_derivative_of_a_blob",
            ),
            models.UniqueConstraint(
                fields=["holding", "kind"],
                condition=models.Q(holding__isnull=False),
                name="media_one_derivative_of_a_holding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blob_id}: {self.kind}"

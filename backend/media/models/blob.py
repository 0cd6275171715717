"""Bytes that are kept, by the hash of their content."""

from django.db import models

from backend.core import clock


class Blob(models.Model):
    """A file in storage under its SHA-256 (lower-case hex). `filetype` is what the bytes are, never what was claimed.

    `derived_at` is None until the smaller copies of an image were made, or were found not to be makeable.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    filetype = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now)
    derived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="media_blob_underived", condition=models.Q(derived_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.sha256


class Holding(models.Model):
    """Who brought or made which bytes, and for what: one blob may be the evidence of several people and counties.

    `evidence_id` is empty and `owner_id` None for files the product made itself.
    """

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="holdings")
    county_id = models.BigIntegerField()
    evidence_id = models.CharField(max_length=64, blank=True)
    owner_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blob", "county_id", "evidence_id"], name="media_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.blob_id} for {self.evidence_id or 'the product'}"


class Derivative(models.Model):
    """A smaller, upright copy of an image without its metadata; in storage under its own hash."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="derivatives")
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "kind"], name="media_one_derivative_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.blob_id}: {self.kind}"

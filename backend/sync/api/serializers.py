"""The wire of sync as OpenAPI; reading and checking happens in `backend.sync.wire`."""

from typing import Any

from rest_framework import serializers

from backend.sync.models.review import ReviewOutcome
from backend.sync.models.verdict import Status


class ClockIn(serializers.Serializer[Any]):
    now = serializers.IntegerField(required=False, allow_null=True, help_text="Device clock at sending, ms.")
    offset = serializers.IntegerField(
        required=False, allow_null=True, help_text="Device clock minus server clock, ms, measured at last contact."
    )
    age = serializers.IntegerField(required=False, allow_null=True, help_text="Age of that measurement, s.")


class PendingIn(serializers.Serializer[Any]):
    """What is still only on the phone."""

    ops = serializers.IntegerField(required=False, min_value=0)
    uploads = serializers.IntegerField(required=False, min_value=0)
    bytes = serializers.IntegerField(required=False, min_value=0, help_text="Of those uploads.")
    oldest = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, help_text="When the oldest was made, ms, by the server's clock."
    )


class OperationIn(serializers.Serializer[Any]):
    op = serializers.UUIDField(help_text="UUIDv7; makes the operation idempotent.")
    n = serializers.IntegerField(min_value=1, help_text="Per-device counter.")
    kind = serializers.CharField(max_length=32)
    verb = serializers.CharField(max_length=32)
    id = serializers.CharField(max_length=64, help_text="The object the operation is about.")
    schema = serializers.IntegerField(min_value=0, default=1)
    at = serializers.CharField(required=False, help_text="Device time, RFC 3339.")

    def get_fields(self) -> dict[str, Any]:
        """`data` cannot be a class attribute: serializers keep their own there."""
        payload = serializers.DictField(required=False, help_text="Payload of kind.verb: docs/sync-protocol.md.")
        return super().get_fields() | {"data": payload}


class PushIn(serializers.Serializer[Any]):
    clock = ClockIn(required=False, allow_null=True)
    pending = PendingIn(required=False, allow_null=True)
    ops = OperationIn(many=True, help_text="At most 200; 1 MB inflated; one operation at most 256 KB.")


class WaitsOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()


class AnswerResultOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["applied", "merged", "conflict"])
    rev = serializers.IntegerField(help_text="Revision of the present value.")


class ResultOut(serializers.Serializer[Any]):
    op = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    rev = serializers.IntegerField(required=False)
    code = serializers.CharField(required=False)
    waits = WaitsOut(required=False)
    answers = serializers.DictField(child=AnswerResultOut(), required=False, help_text="answer.set: per answer key.")
    fate = serializers.ChoiceField(
        choices=ReviewOutcome.choices, required=False, help_text="What a reviewer decided about it."
    )


class PushOut(serializers.Serializer[Any]):
    results = ResultOut(many=True)
    have = serializers.IntegerField(help_text="Highest contiguous n in custody.")
    missing = serializers.ListField(child=serializers.IntegerField(), help_text="Gaps above it.")
    durable = serializers.IntegerField(allow_null=True, help_text="Received time a backup reaches, ms.")


class PullIn(serializers.Serializer[Any]):
    cursor = serializers.CharField(required=False, allow_null=True)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=2000)
    csum = serializers.DictField(child=serializers.CharField(), required=False)
    pending = PendingIn(required=False, allow_null=True)


class PullOut(serializers.Serializer[Any]):
    epoch = serializers.CharField()
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.JSONField()),
        help_text="[scope, kind, id, document or null]; null removes.",
    )
    drop = serializers.ListField(child=serializers.CharField(), help_text="Scopes lost.")
    reset = serializers.ListField(child=serializers.CharField(), help_text="Scopes to clear and receive again.")
    more = serializers.BooleanField(help_text="Ask again at once.")
    cursor = serializers.CharField()
    csum = serializers.DictField(child=serializers.CharField())
    durable = serializers.IntegerField(allow_null=True)


class OfferIn(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), max_length=2000)


class OfferOut(serializers.Serializer[Any]):
    lack = serializers.ListField(child=serializers.UUIDField())

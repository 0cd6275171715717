"""A second open leader of a team, and terms that run backwards, are refused; that nobody is in two teams at once is
`registry/guards.py`."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_directions")]

    operations = [
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_leader=True, ends_at=None), name="membership_one_open_leader"
            ),
        ),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="membership_not_backwards"
            ),
        ),
    ]

"""When the bytes of an evidence were deleted because their time was over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0008_evidence_copies"),
    ]

    operations = [
        migrations.AddField(model_name="evidence", name="expired_at", field=models.DateTimeField(null=True)),
    ]

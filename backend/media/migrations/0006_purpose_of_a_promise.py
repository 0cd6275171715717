"""What promised bytes are for: a drawn signature is no photo."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0005_accesses"),
    ]

    operations = [
        migrations.AddField(
            model_name="expectation",
            name="purpose",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two lives that begin in one minute have different names; lives that go on keep theirs."""

    dependencies = [
        ("sync", "0008_sweep_mark"),
    ]

    operations = [
        migrations.AddField("syncstate", "mark", models.CharField(blank=True, db_default="", default="", max_length=16)),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """What each phone found out about itself (phone.md, 本机自检)."""

    dependencies = [
        ("sync", "0009_epochs_are_marked"),
    ]

    operations = [
        migrations.CreateModel(
            name="SelfCheck",
            fields=[
                ("device_id", models.UUIDField(primary_key=True, serialize=False)),
                ("county_id", models.BigIntegerField(db_index=True)),
                ("user_id", models.BigIntegerField()),
                ("app", models.CharField(blank=True, max_length=40)),
                ("system", models.CharField(blank=True, max_length=200)),
                ("checks", models.JSONField(default=list)),
                ("failing", models.PositiveSmallIntegerField(default=0)),
                ("told_at", models.DateTimeField()),
            ],
        ),
    ]

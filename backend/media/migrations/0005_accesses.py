"""Who was sent the original of a file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0004_appearances"),
    ]

    operations = [
        migrations.CreateModel(
            name="Access",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county_id", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("user_id", models.BigIntegerField()),
                ("user_name", models.CharField(max_length=80)),
                ("device_id", models.UUIDField(null=True)),
                (
                    "purpose",
                    models.CharField(choices=[("viewed", "查看"), ("exported", "导出")], max_length=10),
                ),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sha256", "county_id", "user_id", "purpose", "day"), name="media_access_once_a_day"
                    )
                ],
            },
        ),
    ]

"""Years of the working calendar that were added or corrected."""

from django.db import migrations, models

import backend.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_teams_in_charge_from_the_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="年份")),
                ("table", models.JSONField(verbose_name="放假和调休")),
                ("added_at", models.DateTimeField(default=backend.core.clock.now, verbose_name="录入时间")),
            ],
            options={"verbose_name": "节假日安排", "verbose_name_plural": "节假日安排"},
        ),
    ]

"""How a crew gets to a unit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_calendar_years"),
    ]

    operations = [
        migrations.AddField(
            model_name="target",
            name="directions",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="怎么去"),
        ),
    ]

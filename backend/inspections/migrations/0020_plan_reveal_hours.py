from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0019_relapse_found")]

    operations = [
        migrations.AddField(
            "inspectionplan",
            "reveal_hours",
            models.PositiveSmallIntegerField("最多提前几小时告知组长", default=2),
        ),
    ]

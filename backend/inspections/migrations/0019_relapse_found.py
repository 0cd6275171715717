from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0018_rounds_by_day")]

    operations = [
        migrations.AddField("finding", "relapse_found_at", models.DateTimeField("现场发现反弹", null=True)),
    ]

"""With a step of a plan is kept what stood in its way when it was taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0020_plan_reveal_hours")]

    operations = [
        migrations.AddField("plantransition", "obstacles", models.JSONField("派不出组的对象", default=list)),
    ]

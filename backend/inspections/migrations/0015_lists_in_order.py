"""Lists are read newest first within a county, whatever else they are narrowed to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0014_draws")]

    operations = [
        migrations.AddIndex("visit", models.Index(fields=["county_id", "id"], name="visit_in_order")),
        migrations.AddIndex("assignment", models.Index(fields=["county_id", "id"], name="assignment_in_order")),
        migrations.AddIndex("finding", models.Index(fields=["county_id", "id"], name="finding_in_order")),
        migrations.RemoveIndex("finding", "finding_by_state"),
        migrations.AddIndex("finding", models.Index(fields=["county_id", "state", "id"], name="finding_by_state")),
    ]

"""Lists are read newest first within a county, whatever else they are narrowed to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_evidence_expired")]

    operations = [
        migrations.AddIndex("rectificationnotice", models.Index(fields=["county_id", "id"], name="notice_in_order")),
        migrations.AddIndex("noticefinding", models.Index(fields=["county_id", "id"], name="notice_finding_in_order")),
    ]

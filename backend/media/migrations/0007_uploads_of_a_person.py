"""Quotas ask for the uploads of one person."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("media", "0006_purpose_of_a_promise")]

    operations = [
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["owner_id", "created_at"], name="media_upload_by_owner"),
        ),
    ]

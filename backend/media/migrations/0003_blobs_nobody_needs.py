"""When a blob that nobody needs may go, and when its bytes last came again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0002_previews_by_holding"),
    ]

    operations = [
        migrations.AddField(model_name="blob", name="used_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="blob", name="remove_after", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(
                condition=models.Q(("remove_after__isnull", False)),
                fields=["remove_after"],
                name="media_blob_unneeded",
            ),
        ),
    ]

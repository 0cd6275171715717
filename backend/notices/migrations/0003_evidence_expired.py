"""When the bytes of a unit's evidence were deleted because their time was over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_photos"),
    ]

    operations = [
        migrations.AddField(model_name="noticeevidence", name="expired_at", field=models.DateTimeField(null=True)),
    ]

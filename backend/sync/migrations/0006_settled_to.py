from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0005_faults_are_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="devicelog",
            name="settled",
            field=models.BigIntegerField(default=0),
        ),
    ]

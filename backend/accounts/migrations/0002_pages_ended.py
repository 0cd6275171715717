from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("user", "pages_ended_at", models.DateTimeField(null=True, editable=False)),
    ]

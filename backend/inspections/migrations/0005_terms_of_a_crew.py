from django.db import migrations, models


class Migration(migrations.Migration):
    """Which revisions of the assignment a crew member was sent under. Earlier rows cover all of them, as they did."""

    dependencies = [
        ("inspections", "0004_no_index_twice"),
    ]

    operations = [
        migrations.AddField("crewmember", "from_rev", models.PositiveIntegerField(default=0)),
        migrations.AddField("crewmember", "upto_rev", models.PositiveIntegerField(null=True)),
    ]

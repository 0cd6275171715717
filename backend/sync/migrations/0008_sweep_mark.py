from django.db import migrations, models


class Migration(migrations.Migration):
    """Up to when everything that was received has a verdict, so that the sweeper need not look at all of it."""

    dependencies = [
        ("sync", "0007_strays_on_the_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="SweepMark",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("judged_to", models.DateTimeField(null=True)),
                ("whole_at", models.DateTimeField(null=True)),
            ],
        ),
    ]

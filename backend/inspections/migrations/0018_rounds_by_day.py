from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0017_rounds_counted")]

    operations = [
        migrations.RemoveIndex(model_name="visitround", name="visit_round_counted"),
        migrations.AddIndex(
            model_name="visitround",
            index=models.Index(
                fields=["submitted_at", "counts_for_coverage", "visit", "round"], name="visit_round_by_day"
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulletins", "0004_one_table_of_deputies")]

    operations = [
        migrations.AddField(
            model_name="bulletin",
            name="consulted_at",
            field=models.DateTimeField(null=True, verbose_name="征求意见时间"),
        ),
    ]

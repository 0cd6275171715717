"""Which team is in charge of which target, from when to when; since when a target is no longer inspected."""

import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_conflicts_and_certificates"),
    ]

    operations = [
        migrations.AddField(
            model_name="target",
            name="closed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="退出检查日期"),
        ),
        migrations.CreateModel(
            name="TeamInCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "track",
                    models.CharField(
                        choices=[("department", "科室"), ("station", "督导站")], max_length=16, verbose_name="轨道"
                    ),
                ),
                ("starts_on", models.DateField(default=datetime.date(2000, 1, 1), verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="原因")),
                (
                    "target",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms_in_charge",
                        to="registry.target",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms_in_charge", to="registry.team"
                    ),
                ),
            ],
            options={
                "verbose_name": "包片任期",
                "verbose_name_plural": "包片任期",
                "constraints": [
                    models.UniqueConstraint(fields=("target", "track", "starts_on"), name="in_charge_begins_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on", None)), fields=("target", "track"), name="in_charge_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                        name="in_charge_not_empty",
                    ),
                ],
            },
        ),
    ]

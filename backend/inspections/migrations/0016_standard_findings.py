"""The library of standard findings, and which of them a finding cites."""

from django.db import migrations, models

from backend.core import clock
from backend.core.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [("inspections", "0015_lists_in_order")]

    operations = [
        migrations.AddField("finding", "standard_id", models.UUIDField(null=True, verbose_name="标准问题")),
        migrations.CreateModel(
            name="StandardFinding",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("county_id", models.BigIntegerField(db_index=True, editable=False)),
                ("item_code", models.CharField(max_length=12, verbose_name="条目")),
                ("text", models.CharField(max_length=500, verbose_name="问题表述")),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("minor", "一般"),
                            ("moderate", "较重"),
                            ("serious", "严重"),
                            ("veto", "一票否决"),
                        ],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                ("due_days", models.PositiveSmallIntegerField(verbose_name="整改天数")),
                ("legal_basis", models.JSONField(default=list, verbose_name="依据")),
                ("measure", models.CharField(blank=True, max_length=500, verbose_name="整改要求")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                ("made_at", models.DateTimeField(default=clock.now)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "标准问题", "verbose_name_plural": "标准问题"},
        ),
        migrations.AddConstraint(
            "standardfinding",
            models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("county_id", "item_code", "text"),
                name="standard_finding_once",
            ),
        ),
        migrations.AddIndex(
            "standardfinding", models.Index(fields=["county_id", "item_code"], name="standard_finding_by_item")
        ),
    ]

"""Warnings about evidence for its reviewers."""

import django.db.models.deletion
from django.db import migrations, models

import backend.core.clock

KINDS = [
    ("time_gap", "时间不符"),
    ("clock_skew", "设备时钟偏差"),
    ("place_gap", "位置不符"),
    ("far_from_target", "远离检查对象"),
    ("mock_location", "模拟定位"),
    ("no_place", "无位置信息"),
    ("wrong_type", "文件类型不符"),
    ("unreadable", "图片无法读取"),
    ("device_gap", "拍摄设备不符"),
    ("edited", "疑经软件编辑"),
    ("reused", "重复使用"),
    ("lookalike", "疑似重复"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0006_evidence_declared"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county_id", models.BigIntegerField()),
                ("kind", models.CharField(choices=KINDS, max_length=16, verbose_name="提示")),
                ("detail", models.JSONField(default=dict)),
                ("raised_at", models.DateTimeField(default=backend.core.clock.now)),
                (
                    "evidence",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flags",
                        to="inspections.evidence",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inspections.evidence",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county_id", "kind", "evidence"], name="flag_by_kind")],
                "constraints": [models.UniqueConstraint(fields=("evidence", "kind"), name="evidence_flagged_once")],
            },
        ),
    ]

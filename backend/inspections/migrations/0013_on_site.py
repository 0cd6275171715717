"""What happens at the gate and inside: entry, draws of classes, re-filing; vetoes and advance notices."""

import django.db.models.deletion
from django.db import migrations, models

from backend.core import clock

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("inspections", "0012_plans")]

    operations = [
        migrations.AddField("visit", "entry", models.JSONField(null=True, verbose_name="进入")),
        migrations.AddField("visit", "draws", models.JSONField(default=list, verbose_name="现场抽取")),
        migrations.AddField("visit", "refiled", models.JSONField(default=list, verbose_name="改挂记录")),
        migrations.AddField("assignment", "moved_visit", models.UUIDField(editable=False, null=True)),
        migrations.AddField("assignment", "moved_rev", models.PositiveIntegerField(default=0, editable=False)),
        migrations.CreateModel(
            name="AdvanceNotice",
            fields=[
                ("id", ID.clone()),
                ("number", models.CharField(max_length=60, verbose_name="文号")),
                ("given_on", models.DateField(verbose_name="送达日期")),
                ("recorded_by", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(default=clock.now)),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advance_notice",
                        to="inspections.assignment",
                    ),
                ),
            ],
            options={"verbose_name": "督导通知", "verbose_name_plural": "督导通知"},
        ),
        migrations.CreateModel(
            name="VetoHearing",
            fields=[
                ("id", ID.clone()),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("on_site", "现场陈述"),
                            ("written", "书面申辩"),
                            ("meeting", "约谈听取"),
                            ("waived", "放弃陈述"),
                        ],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("statement", models.TextField(max_length=2000, verbose_name="陈述意见")),
                ("recorded_by", models.BigIntegerField()),
                ("recorded_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField(default=clock.now)),
                (
                    "finding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hearing", to="inspections.finding"
                    ),
                ),
            ],
            options={"verbose_name": "一票否决听取意见", "verbose_name_plural": "一票否决听取意见"},
        ),
        migrations.CreateModel(
            name="VetoOpinion",
            fields=[
                ("id", ID.clone()),
                ("round", models.PositiveSmallIntegerField(verbose_name="轮次")),
                ("user_id", models.BigIntegerField()),
                ("user_name", models.CharField(max_length=80)),
                ("leads", models.BooleanField(verbose_name="领导")),
                (
                    "view",
                    models.CharField(
                        choices=[("confirm", "确认"), ("lift", "不予认定")], max_length=8, verbose_name="意见"
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("at", models.DateTimeField(default=clock.now)),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="veto_opinions",
                        to="inspections.finding",
                    ),
                ),
            ],
            options={"verbose_name": "一票否决意见", "verbose_name_plural": "一票否决意见"},
        ),
        migrations.AddConstraint(
            "vetoopinion", models.UniqueConstraint(fields=("finding", "round", "user_id"), name="veto_opinion_once")
        ),
    ]

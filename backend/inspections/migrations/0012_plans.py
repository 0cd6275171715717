"""Plans: scope, exceptions, steps; an assignment may belong to one."""

import backend.core.clock
import backend.core.ids
import backend.inspections.models.plan
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0011_evidence_by_hash_and_state"),
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="InspectionPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(default=backend.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("county_id", models.BigIntegerField(db_index=True, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("monthly", "月度全覆盖"), ("make_up", "补查"), ("special_campaign", "专项行动")],
                        default="monthly",
                        max_length=16,
                        verbose_name="类别",
                    ),
                ),
                ("month", models.CharField(max_length=7, verbose_name="计划月份")),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("themes", models.JSONField(blank=True, default=list, verbose_name="主题")),
                ("templates", models.JSONField(blank=True, default=list, verbose_name="清单")),
                ("tracks", models.JSONField(default=backend.inspections.models.plan.both_tracks, verbose_name="轨道")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                ("holidays", models.JSONField(blank=True, default=list, verbose_name="放假日期")),
                ("working_weekends", models.JSONField(blank=True, default=list, verbose_name="调休上班日期")),
                (
                    "scope_rule",
                    models.JSONField(default=backend.inspections.models.plan.whole_county, verbose_name="范围"),
                ),
                ("approval_number", models.CharField(blank=True, max_length=60, verbose_name="入校检查批准文号")),
                ("visit_limit", models.PositiveSmallIntegerField(default=2, verbose_name="每校每月到访上限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草拟"),
                            ("submitted", "已报审"),
                            ("approved", "已批准"),
                            ("released", "已下达"),
                            ("closed", "已结束"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("scope_version", models.PositiveSmallIntegerField(default=0, verbose_name="范围版本")),
                ("scope_hash", models.CharField(blank=True, max_length=64, verbose_name="范围摘要")),
                ("created_by", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=backend.core.clock.now)),
                ("submitted_by", models.BigIntegerField(null=True)),
                ("approved_by", models.BigIntegerField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "makes_up",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="make_ups",
                        to="inspections.inspectionplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "督查计划",
                "verbose_name_plural": "督查计划",
            },
        ),
        migrations.AddField(
            model_name="assignment",
            name="plan",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="inspections.inspectionplan",
            ),
        ),
        migrations.CreateModel(
            name="PlanTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("track", models.CharField(choices=[("department", "科室"), ("station", "督导站")], max_length=16)),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="inspections.inspectionplan",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.target"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlanTransition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=16)),
                ("before", models.CharField(max_length=10)),
                ("after", models.CharField(max_length=10)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=80)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=backend.core.clock.now)),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transitions",
                        to="inspections.inspectionplan",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScopeException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("included", models.BooleanField(verbose_name="增列")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("closed", "已停办"),
                            ("merged", "已合并"),
                            ("on_holiday", "放假"),
                            ("added", "增列"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="原因类别",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="原因")),
                ("since", models.DateField(null=True, verbose_name="自何日起")),
                ("by", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(default=backend.core.clock.now)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="inspections.inspectionplan",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.target"
                    ),
                ),
            ],
            options={
                "verbose_name": "计划范围例外",
                "verbose_name_plural": "计划范围例外",
            },
        ),
        migrations.AddIndex(
            model_name="inspectionplan",
            index=models.Index(fields=["county_id", "month", "state"], name="plan_by_month"),
        ),
        migrations.AddConstraint(
            model_name="inspectionplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "monthly")), fields=("county_id", "month"), name="plan_of_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="plantarget",
            constraint=models.UniqueConstraint(fields=("plan", "version", "target", "track"), name="plan_target_once"),
        ),
        migrations.AddIndex(
            model_name="plantransition",
            index=models.Index(fields=["plan", "id"], name="plan_steps"),
        ),
        migrations.AddConstraint(
            model_name="scopeexception",
            constraint=models.UniqueConstraint(fields=("plan", "target"), name="plan_exception_once"),
        ),
    ]

"""Acknowledged messages, second channels, and what people want of them."""

import django.db.models.deletion
from django.db import migrations, models

import backend.core.clock
import backend.notices.models.delivery


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_escalation")]

    operations = [
        migrations.AddField("inboxentry", "needs_ack", models.BooleanField("须确认", default=False)),
        migrations.AddField("inboxentry", "acknowledged_at", models.DateTimeField("确认时间", null=True)),
        migrations.AddIndex(
            "inboxentry",
            models.Index(
                fields=["county_id", "id"],
                name="inbox_unconfirmed",
                condition=models.Q(needs_ack=True, acknowledged_at__isnull=True),
            ),
        ),
        migrations.CreateModel(
            name="InboxPreference",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("county_id", models.BigIntegerField(editable=False)),
                (
                    "channels",
                    models.JSONField(default=backend.notices.models.delivery.no_words, verbose_name="第二渠道"),
                ),
                ("email", models.EmailField(blank=True, max_length=120, verbose_name="邮箱")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="手机号或企业微信账号")),
                (
                    "quiet_kinds",
                    models.JSONField(
                        default=backend.notices.models.delivery.no_words, verbose_name="仅收件箱提醒的类别"
                    ),
                ),
                ("mute_from", models.TimeField(null=True, verbose_name="免打扰开始")),
                ("mute_until", models.TimeField(null=True, verbose_name="免打扰结束")),
            ],
            options={"verbose_name": "消息偏好", "verbose_name_plural": "消息偏好"},
        ),
        migrations.CreateModel(
            name="InboxDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "电子邮件"), ("gateway", "短信或企业微信")],
                        max_length=8,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待发送"),
                            ("sent", "已发送"),
                            ("failed", "发送失败"),
                            ("dropped", "无需发送"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("due_at", models.DateTimeField(default=backend.core.clock.now)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发送时间")),
                ("fault", models.CharField(blank=True, max_length=80, verbose_name="原因")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notices.inboxentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "消息发送",
                "verbose_name_plural": "消息发送",
                "indexes": [
                    models.Index(condition=models.Q(state="waiting"), fields=["due_at"], name="delivery_due"),
                ],
                "constraints": [models.UniqueConstraint(fields=["entry", "channel"], name="delivery_once")],
            },
        ),
    ]

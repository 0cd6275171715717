"""Papers of escalation and their steps, scans of stamped papers, deputies, a close-out number for each finding."""

from typing import Any

import backend.core.clock
import backend.core.ids
import backend.notices.models.notice
import backend.notices.rules.escalation_lifecycle
import django.db.models.deletion
from django.db import migrations, models


def name_occasions(apps: Any, _schema: Any) -> None:
    """What was announced so far was announced for a deadline."""
    for row in apps.get_model("notices", "Reminder").objects.iterator():
        row.occasion = f"due:{row.due_on.isoformat()}"
        row.save(update_fields=["occasion"])


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0005_paper_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='EscalationPaper',
            fields=[
                ('id', models.UUIDField(default=backend.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('county_id', models.BigIntegerField(db_index=True, editable=False)),
                ('kind', models.CharField(choices=[('reminder', '整改催办单'), ('supervised_order', '整改督办通知'), ('admonition_talk', '约谈记录'), ('circular', '通报建议'), ('accountability', '问责建议')], max_length=20, verbose_name='种类')),
                ('state', models.CharField(choices=[('drafted', '已拟稿'), ('summoned', '已通知约谈'), ('proposed', '待审定'), ('issued', '已印发'), ('adopted', '已采纳'), ('declined', '未采纳'), ('dropped', '已终止')], default=backend.notices.rules.escalation_lifecycle.PaperState['DRAFTED'], max_length=12, verbose_name='状态')),
                ('cause', models.CharField(max_length=500, verbose_name='事由')),
                ('demands', models.JSONField(default=backend.notices.models.notice.no_paragraphs, verbose_name='要求')),
                ('deadline', models.DateField(null=True, verbose_name='督办期限')),
                ('held_at', models.DateTimeField(null=True, verbose_name='约谈时间')),
                ('place', models.CharField(blank=True, max_length=80, verbose_name='约谈地点')),
                ('host', models.CharField(blank=True, max_length=80, verbose_name='约谈人')),
                ('present', models.JSONField(default=backend.notices.models.notice.no_paragraphs, verbose_name='参加人')),
                ('promise', models.TextField(blank=True, max_length=2000, verbose_name='整改承诺')),
                ('drafted_by', models.BigIntegerField(editable=False, null=True)),
                ('drafted_at', models.DateTimeField(default=backend.core.clock.now, verbose_name='拟稿时间')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='发文字号')),
                ('number_year', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('number_serial', models.PositiveIntegerField(editable=False, null=True)),
                ('signed_by', models.CharField(blank=True, max_length=40, verbose_name='签发人')),
                ('signing_at', models.DateTimeField(editable=False, null=True)),
                ('issued_at', models.DateTimeField(null=True, verbose_name='印发时间')),
                ('pdf_sha256', models.CharField(blank=True, max_length=64)),
                ('pdf_warnings', models.JSONField(default=backend.notices.models.notice.no_paragraphs)),
                ('decided_by', models.CharField(blank=True, max_length=40, verbose_name='审定人')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审定时间')),
                ('decision_reason', models.CharField(blank=True, max_length=500, verbose_name='审定意见')),
            ],
            options={
                'verbose_name': '督办文书',
                'verbose_name_plural': '督办文书',
            },
        ),
        migrations.CreateModel(
            name='EscalationTransition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=16)),
                ('before', models.CharField(choices=[('drafted', '已拟稿'), ('summoned', '已通知约谈'), ('proposed', '待审定'), ('issued', '已印发'), ('adopted', '已采纳'), ('declined', '未采纳'), ('dropped', '已终止')], max_length=12)),
                ('after', models.CharField(choices=[('drafted', '已拟稿'), ('summoned', '已通知约谈'), ('proposed', '待审定'), ('issued', '已印发'), ('adopted', '已采纳'), ('declined', '未采纳'), ('dropped', '已终止')], max_length=12)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField(default=backend.core.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='IssuedCopy',
            fields=[
                ('id', models.UUIDField(default=backend.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('county_id', models.BigIntegerField(db_index=True, editable=False)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('filetype', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('awaited', '待上传'), ('verified', '已核验'), ('corrupt', '内容不符')], default='awaited', max_length=10, verbose_name='状态')),
                ('added_by', models.BigIntegerField()),
                ('added_by_name', models.CharField(max_length=40, verbose_name='上传人')),
                ('added_at', models.DateTimeField(default=backend.core.clock.now, verbose_name='上传时间')),
                ('verified_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '盖章件',
                'verbose_name_plural': '盖章件',
            },
        ),
        migrations.CreateModel(
            name='SigningDeputy',
            fields=[
                ('id', models.UUIDField(default=backend.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('county_id', models.BigIntegerField(db_index=True, editable=False)),
                ('user_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=40, verbose_name='代签人')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(verbose_name='截止日期')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='事由')),
                ('appointed_by', models.BigIntegerField()),
                ('appointed_by_name', models.CharField(max_length=40, verbose_name='授权人')),
                ('appointed_at', models.DateTimeField(default=backend.core.clock.now)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='提前终止时间')),
            ],
            options={
                'verbose_name': '代签授权',
                'verbose_name_plural': '代签授权',
            },
        ),
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_once',
        ),
        migrations.AddField(
            model_name='noticefinding',
            name='close_number',
            field=models.CharField(blank=True, max_length=40, verbose_name='销号编号'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='occasion',
            field=models.CharField(default='', max_length=48, verbose_name='缘由'),
            preserve_default=False,
        ),
        migrations.RunPython(name_occasions, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='reminder',
            name='due_on',
            field=models.DateField(null=True, verbose_name='整改期限'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('notice', 'occasion', 'step'), name='reminder_per_occasion'),
        ),
        migrations.AddField(
            model_name='escalationpaper',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='notices.rectificationnotice'),
        ),
        migrations.AddField(
            model_name='escalationpaper',
            name='reminder',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='paper', to='notices.reminder'),
        ),
        migrations.AddField(
            model_name='escalationtransition',
            name='paper',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='notices.escalationpaper'),
        ),
        migrations.AddField(
            model_name='issuedcopy',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='notices.rectificationnotice'),
        ),
        migrations.AddIndex(
            model_name='signingdeputy',
            index=models.Index(fields=['county_id', 'user_id', 'ends_on'], name='deputy_by_user'),
        ),
        migrations.AddIndex(
            model_name='escalationpaper',
            index=models.Index(fields=['county_id', 'id'], name='escalation_in_order'),
        ),
        migrations.AddIndex(
            model_name='escalationpaper',
            index=models.Index(fields=['county_id', 'pdf_sha256'], name='escalation_by_paper'),
        ),
        migrations.AddIndex(
            model_name='escalationpaper',
            index=models.Index(condition=models.Q(('state', 'drafted')), fields=['id'], name='escalation_waiting'),
        ),
        migrations.AddConstraint(
            model_name='escalationpaper',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['drafted', 'proposed', 'summoned'])), fields=('notice', 'kind'), name='escalation_one_open'),
        ),
        migrations.AddConstraint(
            model_name='escalationpaper',
            constraint=models.UniqueConstraint(fields=('county_id', 'kind', 'number_year', 'number_serial'), name='escalation_number'),
        ),
        migrations.AddIndex(
            model_name='issuedcopy',
            index=models.Index(fields=['county_id', 'sha256'], name='issued_copy_by_hash'),
        ),
    ]

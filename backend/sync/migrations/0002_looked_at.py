from django.db import migrations, models

from backend.core import clock


class Migration(migrations.Migration):
    """When a verdict was last tried, apart from when it was last decided; the sweeper goes by it."""

    dependencies = [
        ('sync', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='verdict',
            name='looked_at',
            field=models.DateTimeField(default=clock.now),
            preserve_default=False,
        ),
        migrations.RemoveIndex(
            model_name='verdict',
            name='verdict_open',
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(condition=models.Q(('status__in', ['held', 'quarantined', 'error'])), fields=['status', 'looked_at'], name='verdict_open'),
        ),
    ]

"""Previews carry a caption, so they belong to one evidence and no longer to the bytes."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def forget_previews(apps: Any, schema_editor: Any) -> None:
    """Those without a caption are made anew by the duty; their files are swept as referenced by nothing."""
    apps.get_model("media", "Derivative").objects.filter(kind="preview").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(forget_previews, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="blob", name="media_blob_underived"),
        migrations.RemoveField(model_name="blob", name="derived_at"),
        migrations.AddField(model_name="holding", name="derived_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(
                condition=models.Q(("derived_at__isnull", True)), fields=["id"], name="media_holding_underived"
            ),
        ),
        migrations.RemoveConstraint(model_name="derivative", name="media_one_derivative_of_a_kind"),
        migrations.AddField(
            model_name="derivative",
            name="holding",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="derivatives",
                to="media.holding",
            ),
        ),
        migrations.AddField(model_name="derivative", name="captioned", field=models.BooleanField(default=False)),
        migrations.AddConstraint(
            model_name="derivative",
            constraint=models.UniqueConstraint(
                condition=models.Q(("holding__isnull", True)),
                fields=("blob", "kind"),
                name="media_one_derivative_of_a_blob",
            ),
        ),
        migrations.AddConstraint(
            model_name="derivative",
            constraint=models.UniqueConstraint(
                condition=models.Q(("holding__isnull", False)),
                fields=("holding", "kind"),
                name="media_one_derivative_of_a_holding",
            ),
        ),
    ]

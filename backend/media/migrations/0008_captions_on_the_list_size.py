"""The list size carries a short caption too, so it belongs to one evidence like the preview."""

from typing import Any

from django.db import migrations


def forget_plain_ones(apps: Any, schema_editor: Any) -> None:
    """They are made anew by the duty; their files are swept as referenced by nothing."""
    derivatives = apps.get_model("media", "Derivative").objects.filter(kind="list")
    apps.get_model("media", "Holding").objects.filter(blob__derivatives__in=derivatives).update(derived_at=None)
    derivatives.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0007_uploads_of_a_person"),
    ]

    operations = [
        migrations.RunPython(forget_plain_ones, migrations.RunPython.noop),
    ]

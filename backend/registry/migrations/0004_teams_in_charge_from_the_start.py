"""The teams that stand on the targets were in charge as far back as anything is known."""

import datetime as dt
from typing import Any

from django.apps.registry import Apps
from django.db import migrations

BEGINNING = dt.date(2000, 1, 1)


def fill(apps: Apps, schema_editor: Any) -> None:
    targets, teams, terms = (apps.get_model("registry", name) for name in ("Target", "Team", "TeamInCharge"))
    crews: dict[Any, Any] = {}
    for team in teams.objects.filter(track="station", closed_at=None, station__isnull=False).order_by("-code"):
        crews[team.station_id] = team.pk
    rows = []
    for target in targets.objects.filter(is_active=True).exclude(kind="suspected_site").iterator(chunk_size=500):
        if target.team_id:
            rows.append((target.pk, target.team_id, "department"))
        if target.kind == "school" and target.station_id in crews:
            rows.append((target.pk, crews[target.station_id], "station"))
    terms.objects.bulk_create(
        (terms(target_id=a, team_id=b, track=track, starts_on=BEGINNING) for a, b, track in rows), batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_teams_in_charge")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

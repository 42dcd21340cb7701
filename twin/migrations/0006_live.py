from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """Who looks at what, where things move, and triggers that say that rights have changed."""

    dependencies = [("twin", "0005_bookmarks"), ("sessions", "0001_initial")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            "DROP TABLE twin_position, twin_presence; DROP FUNCTION twin_rights_changed CASCADE",
        )
    ]

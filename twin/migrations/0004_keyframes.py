from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """Keyframes of the journal and its tallies; why they are plain SQL is said in 0002_journal.sql."""

    dependencies = [("twin", "0003_shared_departments")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            "DROP TABLE twin_tally, twin_keyframe_part, twin_keyframe",
        )
    ]

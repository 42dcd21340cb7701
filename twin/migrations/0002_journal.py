from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """The head, the journal and the features; why they are plain SQL is said in the file."""

    dependencies = [("twin", "0001_initial")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            "DROP TABLE twin_feature, twin_journal, twin_head; DROP FUNCTION twin_journal_is_append_only;"
            " DROP SEQUENCE twin_revision_number",
        )
    ]

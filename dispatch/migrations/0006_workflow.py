from django.db import migrations, models


def take_the_file(apps, schema_editor):
    """A city that was there before goes on with the workflow that came with it; a new one is given it by its seed."""
    from dispatch.loading import WORKFLOW, read_workflow

    if apps.get_model("dispatch", "Catalogue").objects.exists():
        version, holds_from, document = read_workflow(WORKFLOW)
        apps.get_model("dispatch", "Workflow").objects.create(
            version=version, holds_from=holds_from, document=document
        )


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_zones")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="asking",
            field=models.CharField(
                db_default="", help_text="verb of the request that waits for approval", max_length=40
            ),
        ),
        migrations.RunPython(take_the_file, migrations.RunPython.noop),
    ]

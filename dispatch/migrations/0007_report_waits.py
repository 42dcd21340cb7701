from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", '0006_saved_filters')]

    operations = [
        migrations.AddField(
            model_name="report",
            name="waits",
            field=models.BooleanField(
                db_default=False, help_text="once located, somebody takes it in before it is dispatched"
            ),
        ),
    ]

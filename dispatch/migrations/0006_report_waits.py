from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_departments")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="waits",
            field=models.BooleanField(
                db_default=False, help_text="once located, somebody takes it in before it is dispatched"
            ),
        ),
    ]

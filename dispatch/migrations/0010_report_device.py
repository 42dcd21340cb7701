from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0009_department_pages")]

    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("device", ""), _negated=True), fields=["device"], name="report_device"
            ),
        ),
    ]

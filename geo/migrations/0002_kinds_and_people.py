import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, F, When
from django.utils import timezone

PARENTS = {"street": "district", "community": "street", "cell": "community"}


def fill(apps, schema_editor):
    """A city that is there already: what is to come is told when it comes, and the grid hangs together."""
    now = timezone.now()
    apps.get_model("geo", "ZoneVersion").objects.update(
        turns_at=Case(
            When(holds_from__gt=now, then=F("holds_from")), When(holds_to__gt=now, then=F("holds_to")), default=None
        )
    )
    kinds = apps.get_model("geo", "ZoneKind").objects
    for kind, parent in PARENTS.items():
        if kinds.filter(pk=parent).exists():
            kinds.filter(pk=kind).update(parent=parent)
    kinds.filter(pk="cell").update(code_pattern="[0-9]{14,15}")


class Migration(migrations.Migration):

    dependencies = [
        ('geo', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='zonekind',
            name='code_pattern',
            field=models.CharField(blank=True, help_text='regular expression that the whole of a code must match', max_length=100),
        ),
        migrations.AddField(
            model_name='zonekind',
            name='icon',
            field=models.CharField(blank=True, help_text='one of those in geo.kinds.icons', max_length=40),
        ),
        migrations.AddField(
            model_name='zonekind',
            name='of_cells',
            field=models.BooleanField(default=False, help_text='zones of this kind are made of whole unit grid cells'),
        ),
        migrations.AddField(
            model_name='zonekind',
            name='parent',
            field=models.ForeignKey(blank=True, help_text='a zone of this kind lies inside one of that kind', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='geo.zonekind'),
        ),
        migrations.AddField(
            model_name='zonekind',
            name='schema',
            field=models.JSONField(blank=True, default=dict, help_text='of attributes; see geo.kinds.attributes'),
        ),
        migrations.AddField(
            model_name='zoneversion',
            name='changed_at',
            field=models.DateTimeField(blank=True, help_text='when it was saved; null: by the set-up', null=True),
        ),
        migrations.AddField(
            model_name='zoneversion',
            name='changed_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='zoneversion',
            name='people',
            field=models.JSONField(blank=True, default=list, help_text='who is responsible: name, role_zh, role_en, phone (personal data)'),
        ),
        migrations.AddField(
            model_name='zoneversion',
            name='turns_at',
            field=models.DateTimeField(blank=True, help_text='next time at which it begins or ends and the clock has to say so', null=True),
        ),
        migrations.AddIndex(
            model_name='zoneversion',
            index=models.Index(condition=models.Q(('turns_at__isnull', False)), fields=['turns_at'], name='zone_version_turns'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

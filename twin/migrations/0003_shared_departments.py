from django.db import migrations, models

SHARE = """
ALTER TABLE twin_journal ADD COLUMN shared text[] NOT NULL DEFAULT '{}';
ALTER TABLE twin_feature ADD COLUMN shared text[] NOT NULL DEFAULT '{}';
"""
UNSHARE = """
ALTER TABLE twin_journal DROP COLUMN shared;
ALTER TABLE twin_feature DROP COLUMN shared;
"""
ROLES = [
    ("operator", "指挥中心操作员 Operator"),
    ("department", "专业部门 Department"),
    ("grid_worker", "网格员 Grid worker"),
    ("hotline_agent", "热线受理员 Hotline agent"),
    ("duty_chief", "值班长 Duty chief"),
    ("dispatcher", "派遣员 Dispatcher"),
    ("department_head", "部门负责人 Head of department"),
    ("leader", "领导 Leader"),
    ("planner", "规划与演练 Planner"),
    ("administrator", "管理员 Administrator"),
]


class Migration(migrations.Migration):
    dependencies = [("twin", "0002_journal")]
    operations = [
        migrations.RunSQL(SHARE, UNSHARE),
        migrations.AlterField("grant", "role", models.CharField(choices=ROLES, max_length=20)),
    ]

"""Whoever owns a part owns its whole: after the unique constraints to which this refers."""

import users.ownership
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('wearables', '0001_wearables'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='syncrun',
            constraint=users.ownership.SameOwner(name='syncrun_owner_is_devices', parent='device'),
        ),
        migrations.AddConstraint(
            model_name='sleepdata',
            constraint=users.ownership.SameOwner(name='sleepdata_owner_is_devices', parent='device'),
        ),
        migrations.AddConstraint(
            model_name='sleepdata',
            constraint=users.ownership.SameOwner(name='sleepdata_owner_is_imports', parent='imported_by'),
        ),
        migrations.AddConstraint(
            model_name='recordedworkout',
            constraint=users.ownership.SameOwner(name='recordedworkout_owner_is_devices', parent='device'),
        ),
        migrations.AddConstraint(
            model_name='recordedworkout',
            constraint=users.ownership.SameOwner(name='recordedworkout_owner_is_workouts', parent='workout'),
        ),
        migrations.AddConstraint(
            model_name='recordedworkout',
            constraint=users.ownership.SameOwner(name='recordedworkout_owner_is_imports', parent='imported_by'),
        ),
        migrations.AddConstraint(
            model_name='rawpayload',
            constraint=users.ownership.SameOwner(name='rawpayload_owner_is_devices', parent='device'),
        ),
        migrations.AddConstraint(
            model_name='pushbatch',
            constraint=users.ownership.SameOwner(name='pushbatch_owner_is_devices', parent='device'),
        ),
        migrations.AddConstraint(
            model_name='dailyactivitysource',
            constraint=users.ownership.SameOwner(name='dailyactivitysource_owner_is_devices', parent='device'),
        ),
        migrations.AddConstraint(
            model_name='dailyactivitysource',
            constraint=users.ownership.SameOwner(name='dailyactivitysource_owner_is_imports', parent='imported_by'),
        ),
        migrations.AddConstraint(
            model_name='dailyactivity',
            constraint=users.ownership.SameOwner(name='dailyactivity_owner_is_devices', parent='device'),
        ),
    ]

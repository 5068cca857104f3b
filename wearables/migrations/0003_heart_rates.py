"""Heart rates in a table by months; wearables.services.partitions makes the months."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


_TABLE = """
CREATE TABLE wearables_heartratedata (
    user_id uuid NOT NULL REFERENCES users_user (id) DEFERRABLE INITIALLY DEFERRED,
    "timestamp" timestamptz NOT NULL,
    heart_rate smallint NOT NULL,
    lowest smallint NULL,
    highest smallint NULL,
    samples smallint NOT NULL,
    source_rank smallint NOT NULL,
    device_id uuid NULL,
    workout_id uuid NULL,
    imported_by uuid NULL,
    CONSTRAINT wearables_heartratedata_pkey PRIMARY KEY (user_id, "timestamp"),
    CONSTRAINT heartratedata_in_range CHECK (heart_rate BETWEEN 20 AND 260)
) PARTITION BY RANGE ("timestamp")
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wearables', '0002_same_owners'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=_TABLE,
                    reverse_sql="DROP TABLE wearables_heartratedata",
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='HeartRateData',
                    fields=[
                        ('pk', models.CompositePrimaryKey('user_id', 'timestamp', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('timestamp', models.DateTimeField()),
                        ('heart_rate', models.SmallIntegerField(help_text='bpm; the mean of a minute')),
                        ('lowest', models.SmallIntegerField(help_text='bpm, in a minute of samples', null=True)),
                        ('highest', models.SmallIntegerField(help_text='bpm, in a minute of samples', null=True)),
                        ('samples', models.SmallIntegerField(default=1, help_text='How many samples it stands for.')),
                        ('source_rank', models.SmallIntegerField(default=9, help_text='0 strap, 1 watch, 2 band, 3 ring, 4 phone, 9 unknown.')),
                        ('imported_by', models.UUIDField(help_text='The import that brought it.', null=True)),
                        ('user', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                        ('workout', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='heart_rate_data', to='workouts.workout')),
                        ('device', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='wearables.wearabledevice')),
                    ],
                    options={
                        'verbose_name_plural': 'heart rate data',
                        'constraints': [models.CheckConstraint(condition=models.Q(('heart_rate__gte', 20), ('heart_rate__lte', 260)), name='heartratedata_in_range')],
                    },
                ),
            ],
        ),
    ]

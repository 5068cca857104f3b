import django.db.models.deletion
import users.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workouts', '0007_session_rpe'),
    ]

    operations = [
        migrations.CreateModel(
            name='MergedExercise',
            fields=[
                ('id', models.UUIDField(default=users.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=100, null=True, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('merged_at', models.DateTimeField(auto_now_add=True)),
                ('merged_into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged', to='workouts.exercise')),
            ],
        ),
    ]

"""The muscles that sets are counted for, and the equipment that filters know."""

from django.db import migrations

MUSCLES = {
    "abdominals": "core",
    "abductors": "legs",
    "adductors": "legs",
    "biceps": "arms",
    "calves": "legs",
    "chest": "chest",
    "forearms": "arms",
    "glutes": "legs",
    "hamstrings": "legs",
    "lats": "back",
    "lower_back": "back",
    "middle_back": "back",
    "neck": "shoulders",
    "quadriceps": "legs",
    "shoulders": "shoulders",
    "traps": "back",
    "triceps": "arms",
}
EQUIPMENT = (
    "ab_wheel",
    "bands",
    "barbell",
    "battle_ropes",
    "bench",
    "bike",
    "box",
    "cable",
    "dip_bars",
    "dumbbell",
    "elliptical",
    "exercise_ball",
    "ez_bar",
    "foam_roller",
    "kettlebell",
    "landmine",
    "machine",
    "medicine_ball",
    "other",
    "plate",
    "pull_up_bar",
    "rings",
    "rope",
    "rower",
    "ski_erg",
    "sled",
    "smith_machine",
    "stair_climber",
    "suspension_trainer",
    "trap_bar",
    "treadmill",
)


def fill(apps, schema_editor):
    muscle, equipment = apps.get_model("workouts", "Muscle"), apps.get_model("workouts", "Equipment")
    muscle.objects.bulk_create(
        [
            muscle(slug=slug, name=slug.replace("_", " ").capitalize(), muscle_group=group)
            for slug, group in MUSCLES.items()
        ]
    )
    equipment.objects.bulk_create(
        [equipment(slug=slug, name=slug.replace("_", " ").capitalize()) for slug in EQUIPMENT]
    )


class Migration(migrations.Migration):
    dependencies = [("workouts", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

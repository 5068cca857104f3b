"""Weekly sets per muscle between which training maintains it, lets it grow, or is too much."""

from django.db import migrations

# After Israetel's published tables; coaches' rules of thumb, not constants of physiology.
BACK = (8, 10, 14, 22, 25)
LANDMARKS = {
    "chest": (8, 10, 12, 20, 22),
    "lats": BACK,
    "middle_back": BACK,
    "quadriceps": (6, 8, 12, 18, 20),
    "hamstrings": (4, 6, 10, 16, 20),
    "glutes": (0, 0, 4, 12, 16),
    "biceps": (5, 8, 14, 20, 26),
    "triceps": (4, 6, 10, 14, 18),
    "shoulders": (0, 8, 16, 22, 26),
    "calves": (6, 8, 12, 16, 20),
    "abdominals": (0, 0, 16, 20, 25),
}


def fill(apps, schema_editor):
    muscle = apps.get_model("workouts", "Muscle")
    for slug, (mv, mev, mav_low, mav_high, mrv) in LANDMARKS.items():
        muscle.objects.filter(slug=slug).update(
            mv=mv, mev=mev, mav_low=mav_low, mav_high=mav_high, mrv=mrv
        )


class Migration(migrations.Migration):
    dependencies = [("workouts", "0005_training_diary")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""The category of foods that have no other, and of those whose category is deleted."""

from django.db import migrations

ID = "01900000-0000-7000-8000-000000000002"


def fill(apps, schema_editor):
    # As a root behind the others: the library's own methods are not on a historical model.
    category = apps.get_model("nutrition", "FoodCategory")
    last = category.objects.order_by("-tree_id").values_list("tree_id", flat=True).first() or 0
    category.objects.get_or_create(
        pk=ID,
        defaults={
            "slug": "uncategorized",
            "name": "Uncategorized",
            "tree_id": last + 1,
            "lft": 1,
            "rgt": 2,
            "depth": 1,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("nutrition", "0002_food_diary")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

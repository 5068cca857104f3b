from django.apps import AppConfig


class NutritionConfig(AppConfig):
    name = "nutrition"

    def ready(self) -> None:
        self._register_personal_data()
        self._register_health_values()
        self._register_synced_resources()

    def _register_personal_data(self) -> None:
        from users import personal_data
        from users.personal_data import PersonalData

        photos = ("image", "thumbnail")
        personal_data.register(
            PersonalData("nutrition.Food", "custom_foods", owner="created_by"),
            PersonalData("nutrition.Portion", "custom_food_portions", owner="food__created_by"),
            # It leads to shared foods alone; an erasure finds nothing there.
            PersonalData("nutrition.MergedFood", None, owner="merged_into__created_by"),
            PersonalData("nutrition.FavoriteFood", "favorite_foods"),
            PersonalData("nutrition.Recipe", "recipes"),
            PersonalData("nutrition.RecipeIngredient", "recipe_ingredients"),
            PersonalData("nutrition.NutritionGoal", "nutrition_goals"),
            PersonalData("nutrition.DayTarget", "nutrition_day_targets"),
            PersonalData("nutrition.PastGoal", "past_nutrition_goals"),
            PersonalData("nutrition.DiaryDay", "nutrition_days"),
            PersonalData("nutrition.WaterIntake", "water_intake"),
            PersonalData("nutrition.MealEntry", "meal_entries"),
            PersonalData(
                "nutrition.FoodImage",
                "food_images",
                files=photos,
                secret=frozenset({*photos, "confirmation_hash"}),
            ),
            PersonalData("nutrition.FoodCandidate", "food_image_candidates"),
        )

    def _register_synced_resources(self) -> None:
        from users import sync
        from users.sync import SyncedResource

        sync.register(
            SyncedResource("nutrition.Food", "nutrition.api.foods.represent_foods"),
            SyncedResource(
                "nutrition.FavoriteFood", "nutrition.api.favorites.represent_favorites"
            ),
            SyncedResource("nutrition.Recipe", "nutrition.api.recipes.represent_recipes"),
            SyncedResource("nutrition.NutritionGoal", "nutrition.api.goals.represent_goals"),
            SyncedResource("nutrition.DiaryDay", "nutrition.api.days.represent_days"),
            SyncedResource("nutrition.WaterIntake", "nutrition.api.meals.represent_water"),
            SyncedResource("nutrition.MealEntry", "nutrition.api.meals.represent_meals"),
            SyncedResource("nutrition.FoodImage", "nutrition.api.images.represent_images"),
        )

    def _register_health_values(self) -> None:
        from users import health_values

        health_values.register("nutrition.MealEntry", open_to_staff=("date", "time", "meal_type"))
        health_values.register("nutrition.WaterIntake", open_to_staff=("date", "time"))
        health_values.register("nutrition.FavoriteFood")
        health_values.register("nutrition.NutritionGoal", open_to_staff=("is_active",))
        health_values.register(
            "nutrition.DayTarget", open_to_staff=("goal", "weekday", "is_training")
        )
        health_values.register("nutrition.PastGoal", open_to_staff=("goal", "valid_until"))
        health_values.register(
            "nutrition.FoodImage",
            open_to_staff=(
                *("status", "attempts", "error", "finished_at", "ai_processed", "recognizer"),
                "confirmed_at",
            ),
        )
        health_values.register("nutrition.FoodCandidate", open_to_staff=("image", "rank"))

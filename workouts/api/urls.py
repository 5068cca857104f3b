from rest_framework.routers import SimpleRouter

from workouts.api import viewsets

router = SimpleRouter(use_regex_path=False)
router.register("workouts", viewsets.WorkoutViewSet)
router.register("workout-sets", viewsets.WorkoutSetViewSet)
router.register("exercises", viewsets.ExerciseViewSet)

urlpatterns = router.urls

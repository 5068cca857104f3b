from django.urls import path
from rest_framework.routers import SimpleRouter

from workouts.api import generations, plans, runs, viewsets

router = SimpleRouter(use_regex_path=False)
router.register("workouts", viewsets.WorkoutViewSet)
router.register("workout-sets", viewsets.WorkoutSetViewSet)
router.register("exercises", viewsets.ExerciseViewSet)
router.register("plans", plans.WorkoutPlanViewSet)
router.register("plan-runs", runs.PlanRunViewSet)
router.register("plan-generations", generations.PlanGenerationViewSet)
router.register("gyms", runs.GymViewSet)
router.register("training-maxes", runs.TrainingMaxViewSet)

urlpatterns = [
    *router.urls,
    path("progression-rules/", runs.ProgressionRulesView.as_view()),
]

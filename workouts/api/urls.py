from django.urls import path
from rest_framework.routers import SimpleRouter

from workouts.api import generations, gyms, plans, runs, transfer, viewsets

router = SimpleRouter(use_regex_path=False)
router.register("workouts", viewsets.WorkoutViewSet)
router.register("workout-sets", viewsets.WorkoutSetViewSet)
router.register("exercises", viewsets.ExerciseViewSet)
router.register("plans", plans.WorkoutPlanViewSet)
router.register("plan-runs", runs.PlanRunViewSet)
router.register("plan-generations", generations.PlanGenerationViewSet)
router.register("gyms", gyms.GymViewSet)
router.register("training-maxes", gyms.TrainingMaxViewSet)
router.register("exercise-aliases", transfer.ExerciseAliasViewSet)
router.register("workout-imports", transfer.UploadViewSet, basename="workout-upload")
router.register("workout-imports", transfer.WorkoutImportViewSet)

urlpatterns = [
    path("workouts/export/", transfer.WorkoutExportView.as_view(), name="workout-export"),
    *router.urls,
    path("progression-rules/", runs.ProgressionRulesView.as_view()),
]

from django.urls import URLPattern, URLResolver

from analytics.api import (
    analyses,
    body,
    calculators,
    charts,
    energy,
    goals,
    load,
    nutrition,
    recovery,
    strength,
    timeline,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *timeline.urlpatterns,
    *charts.urlpatterns,
    *strength.urlpatterns,
    *body.urlpatterns,
    *goals.urlpatterns,
    *analyses.urlpatterns,
    *nutrition.urlpatterns,
    *load.urlpatterns,
    *recovery.urlpatterns,
    *energy.urlpatterns,
    *calculators.urlpatterns,
]

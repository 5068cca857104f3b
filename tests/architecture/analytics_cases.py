"""What everyone gets of analytics."""

from typing import Any

from tests.architecture.world import Case, World


def tested_one_rm(world: World) -> dict[str, Any]:
    return {"exercise": str(world.bench.pk), "date": "2026-03-04", "weight_kg": 120}


def goal(world: World) -> dict[str, Any]:
    return {
        "type": "strength",
        "title": "Bench 140",
        "start_date": "2026-03-02",
        "exercise": str(world.bench.pk),
        "target_kg": 140,
    }


def given(**values: Any) -> Any:
    return lambda world: values


ONE_RM = given(weight_kg=100, reps=5)
RELATIVE = given(sex="male", body_weight_kg=83, total_kg=600)
BODY_FAT = given(sex="male", height_cm=180, waist_cm=85, neck_cm=38)
BMR = given(sex="male", height_cm=180, weight_kg=80, age_years=30)
TRIMP = given(zone_1=10, zone_2=20, zone_3=15, zone_4=10, zone_5=5)
RANGE = given(start_date="2026-03-02", end_date="2026-03-08")

ANALYTICS: dict[tuple[str, str], Case] = {
    ("activity-timeline/", "GET"): Case(200),
    ("body-metrics/", "GET"): Case(200),
    ("body-metrics/", "POST"): Case(201, given(date="2026-03-04", weight=80)),
    ("body-metrics/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.measured.metric),
    ("body-metrics/<uuid:pk>/", "PATCH"): Case(
        200, given(weight=81), row=lambda w: w.measured.metric
    ),
    ("body-metrics/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.measured.metric),
    ("body-metrics/body-fat/", "GET"): Case(200),
    ("body-metrics/trend/", "GET"): Case(200),
    ("body-metrics/trend/chart.svg", "GET"): Case(200),
    ("calculators/bmr/", "GET"): Case(200, BMR),
    ("calculators/body-fat/", "GET"): Case(200, BODY_FAT),
    ("calculators/one-rm/", "GET"): Case(200, ONE_RM),
    ("calculators/relative-strength/", "GET"): Case(200, RELATIVE),
    ("calculators/trimp/", "GET"): Case(200, TRIMP),
    ("energy-balance/", "GET"): Case(200),
    ("goals/", "GET"): Case(200),
    ("goals/", "POST"): Case(201, goal),
    ("goals/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.measured.goal),
    ("goals/<uuid:pk>/", "PATCH"): Case(200, given(target_kg=150), row=lambda w: w.measured.goal),
    ("goals/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.measured.goal),
    ("goals/<uuid:pk>/history/", "GET"): Case(200, row=lambda w: w.measured.goal),
    ("nutrition-summaries/", "GET"): Case(200),
    # Others have no row of this day.
    ("nutrition-summaries/<day:pk>/", "GET"): Case(200, others=404),
    ("nutrition-summaries/chart.svg", "GET"): Case(200),
    ("nutrition-summaries/weeks/", "GET"): Case(200),
    ("one-rm-tests/", "GET"): Case(200),
    ("one-rm-tests/", "POST"): Case(201, tested_one_rm),
    ("one-rm-tests/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.measured.test),
    ("one-rm-tests/<uuid:pk>/", "PATCH"): Case(
        200, given(weight_kg=125), row=lambda w: w.measured.test
    ),
    ("one-rm-tests/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.measured.test),
    ("personal-records/", "GET"): Case(200),
    ("personal-records/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.measured.record),
    ("strength/", "GET"): Case(200),
    ("strength/<uuid:pk>/one-rm/", "GET"): Case(200, row=lambda w: w.exercise),
    ("strength/<uuid:pk>/progress/", "GET"): Case(200, row=lambda w: w.exercise),
    ("strength/<uuid:pk>/progress/chart.svg", "GET"): Case(200, row=lambda w: w.exercise),
    ("strength/<uuid:pk>/trend/", "GET"): Case(200, row=lambda w: w.exercise),
    ("strength/relative/", "GET"): Case(200),
    ("training-breaks/", "GET"): Case(200),
    ("training-breaks/", "POST"): Case(201, given(starts_on="2026-06-01", ends_on="2026-06-08")),
    ("training-breaks/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.measured.off),
    ("training-breaks/<uuid:pk>/", "PATCH"): Case(
        200, given(reason="travel"), row=lambda w: w.measured.off
    ),
    ("training-breaks/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.measured.off),
    ("training-load/", "GET"): Case(200),
    ("training-load/chart.svg", "GET"): Case(200),
    ("training-load/heart-rate-zones/", "GET"): Case(200, given(max_bpm=190)),
    ("workout-analyses/", "GET"): Case(200),
    ("workout-analyses/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.measured.analysis),
    ("workout-analyses/chart.svg", "GET"): Case(200),
    ("workout-analyses/deload/", "GET"): Case(200),
    ("workout-analyses/range/", "GET"): Case(200, RANGE),
}

"""Formulas for numbers that are given and not stored, over HTTP."""

import pytest
import time_machine

from users.models import SyncClock

pytestmark = pytest.mark.django_db

URL = "/api/v1/calculators/"
GIRTHS = {"height_cm": 180, "waist_cm": 85, "neck_cm": 38}
BODY = {"sex": "male", "weight_kg": 80, "height_cm": 180, "age_years": 40}
BEATS = {"minutes": 60, "mean_bpm": 140, "rest_bpm": 60, "max_bpm": 180, "sex": "male"}
LIFTER = {"sex": "male", "body_weight_kg": 100, "total_kg": 500}
VALID = {
    "one-rm": {"weight_kg": 100, "reps": 5},
    "relative-strength": LIFTER,
    "body-fat": {"sex": "male", **GIRTHS},
    "bmr": BODY,
    "trimp": BEATS,
}


def refused(response) -> list[str]:
    assert response.status_code == 400
    return [error["attr"] for error in response.json()["errors"]]


class TestOneRm:
    def test_the_middle_of_seven_formulas_with_what_each_says(self, api):
        answer = api.get(f"{URL}one-rm/", {"weight_kg": 100, "reps": 5}).json()

        said = {formula["id"]: formula["one_rm_kg"] for formula in answer["formulas"]}
        assert said == {
            "brzycki": 112.5,
            "epley": 116.67,
            "lander": 113.71,
            "lombardi": 117.46,
            "mayhew": 119.01,
            "oconner": 112.5,
            "wathan": 116.58,
        }
        assert (answer["one_rm_kg"], answer["chart"]) == (116.58, None)
        assert answer["provenance"]["interval"] == {
            "low": 112.5,
            "high": pytest.approx(119.01, abs=0.005),
        }
        assert answer["provenance"]["formula"]["id"] == "one_rm_median"

    def test_a_single_repetition_is_its_own_maximum(self, api):
        answer = api.get(f"{URL}one-rm/", {"weight_kg": 140, "reps": 1, "rpe": 10}).json()

        assert (answer["one_rm_kg"], answer["formulas"]) == (140.0, [])
        assert answer["chart"]["one_rm_kg"] == 140.0

    def test_a_reserve_counts_as_repetitions_and_asks_the_chart(self, api):
        by_rir, by_rpe = (
            api.get(f"{URL}one-rm/", {"weight_kg": 100, "reps": 3, **effort}).json()
            for effort in ({"rir": 2, "rpe": 6}, {"rpe": 8})
        )

        assert by_rir == by_rpe
        assert by_rir["one_rm_kg"] == 116.58
        assert by_rir["chart"]["percent"] == 86.3
        assert by_rir["chart"]["one_rm_kg"] == 115.87

    def test_many_repetitions_are_out_of_range(self, api):
        answer = api.get(f"{URL}one-rm/", {"weight_kg": 60, "reps": 20}).json()

        assert answer["provenance"]["validity"] == "out_of_range"

    @pytest.mark.parametrize(
        "number", ["٣", "\uff13", " 7 ", "7 ", "+7", "7.0", "1_0", "0", "101", ""]
    )
    def test_repetitions_are_of_plain_digits(self, api, number):
        query = {"weight_kg": 100, "reps": number}

        assert refused(api.get(f"{URL}one-rm/", query)) == ["reps"]

    @pytest.mark.parametrize("number", ["٣", "\uff13", " 7 ", "+7", "1_0"])
    @pytest.mark.parametrize("field", ["weight_kg", "rir", "rpe"])
    def test_other_numbers_are_of_plain_digits(self, api, field, number):
        query = {"weight_kg": 100, "reps": 5, field: number}

        assert refused(api.get(f"{URL}one-rm/", query)) == [field]

    @time_machine.travel("2026-03-02T12:00Z", tick=False)
    def test_the_day_is_today(self, api):
        answer = api.get(f"{URL}one-rm/", {"weight_kg": 60, "reps": 2}).json()

        window = {"first": "2026-03-02", "last": "2026-03-02", "count": 1}
        assert answer["provenance"]["window"] == window


class TestRelativeStrength:
    def test_every_scale_says_its_points(self, api):
        answer = api.get(f"{URL}relative-strength/", LIFTER).json()

        points = {scale["scale"]: scale["points"] for scale in answer["scales"]}
        assert points == {"dots": 307.76, "wilks_2020": 364.68, "ipf_gl": 63.16, "wilks": 304.29}
        assert [scale["provenance"]["formula"]["id"] for scale in answer["scales"]] == list(points)

    @pytest.mark.parametrize("total_kg", ["0", "0.99"])
    def test_a_total_of_nothing_is_refused(self, api, total_kg):
        query = {**LIFTER, "total_kg": total_kg}

        assert refused(api.get(f"{URL}relative-strength/", query)) == ["total_kg"]

    def test_a_bench_press_alone_has_one_scale(self, api):
        answer = api.get(f"{URL}relative-strength/", {**LIFTER, "event": "bench"}).json()

        assert [scale["scale"] for scale in answer["scales"]] == ["ipf_gl"]


class TestBodyFat:
    def test_girths_tell_body_fat_with_its_interval(self, api):
        answer = api.get(f"{URL}body-fat/", {"sex": "male", **GIRTHS}).json()

        assert answer["body_fat_percent"] == 16.11
        assert answer["fat_free_mass"] is None
        interval = answer["provenance"]["interval"]
        assert (round(interval["low"], 2), round(interval["high"], 2)) == (11.6, 20.62)

    def test_a_weight_tells_the_mass_without_fat(self, api):
        query = {"sex": "male", **GIRTHS, "weight_kg": 80}

        answer = api.get(f"{URL}body-fat/", query).json()

        assert answer["fat_free_mass"]["kg"] == 67.11
        assert answer["fat_free_mass"]["provenance"]["formula"]["id"] == "fat_free_mass"

    def test_an_unlikely_percentage_tells_no_mass(self, api):
        query = {"sex": "male", **GIRTHS, "waist_cm": 45, "weight_kg": 80}

        answer = api.get(f"{URL}body-fat/", query).json()

        assert answer["provenance"]["validity"] == "out_of_range"
        assert answer["fat_free_mass"] is None

    @pytest.mark.parametrize(
        ("change", "attr"),
        [({"sex": "female"}, "hip_cm"), ({"neck_cm": 85}, "waist_cm"), ({"sex": ""}, "sex")],
    )
    def test_measures_of_nobody_are_refused_by_name(self, api, change, attr):
        query = {"sex": "male", **GIRTHS, **change}

        assert refused(api.get(f"{URL}body-fat/", query)) == [attr]


class TestBmr:
    def test_size_alone_is_enough_for_two_formulas(self, api):
        answer = api.get(f"{URL}bmr/", BODY).json()

        assert [(rate["formula"], rate["kcal"]) for rate in answer["rates"]] == [
            ("mifflin_st_jeor", 1730.0),
            ("harris_benedict_revised", 1796.86),
        ]

    def test_body_fat_adds_those_by_lean_mass(self, api):
        answer = api.get(f"{URL}bmr/", {**BODY, "body_fat_percent": 20}).json()

        assert [(rate["formula"], rate["kcal"]) for rate in answer["rates"][2:]] == [
            ("katch_mcardle", 1752.4),
            ("cunningham", 1908.0),
        ]

    def test_a_body_that_no_formula_has_an_answer_for_is_refused(self, api):
        query = {"sex": "female", "weight_kg": 20, "height_cm": 50, "age_years": 120}

        assert refused(api.get(f"{URL}bmr/", query)) == ["weight_kg"]


class TestTrimp:
    def test_minutes_in_zones_count_by_the_number_of_the_zone(self, api):
        query = {"zone_1": 10, "zone_2": 20, "zone_4": 5}

        answer = api.get(f"{URL}trimp/", query).json()

        assert (answer["edwards"]["trimp"], answer["banister"]) == (70.0, None)

    def test_a_mean_heart_rate_weighs_by_the_reserve(self, api):
        women, cheetahs = (
            api.get(f"{URL}trimp/", {**BEATS, "sex": "female", **variant}).json()["banister"]
            for variant in ({}, {"variant": "golden_cheetah"})
        )
        men = api.get(f"{URL}trimp/", BEATS).json()

        assert men["edwards"] is None
        assert men["banister"]["trimp"] == 92.07
        assert (women["trimp"], cheetahs["trimp"]) == (104.73, 77.94)

    @pytest.mark.parametrize(
        ("query", "attrs"),
        [
            ({}, ["minutes"]),
            ({"variant": "literature"}, ["minutes"]),
            ({"minutes": 60, "sex": "male"}, ["mean_bpm", "rest_bpm", "max_bpm"]),
            ({**BEATS, "rest_bpm": 150, "max_bpm": 150}, ["rest_bpm"]),
            ({"zone_6": 5}, ["minutes"]),
            ({"zone_1": -1}, ["zone_1"]),
        ],
    )
    def test_what_does_not_suffice_is_refused_by_name(self, api, query, attrs):
        assert sorted(refused(api.get(f"{URL}trimp/", query))) == sorted(attrs)


@pytest.mark.parametrize("name", VALID)
class TestEach:
    def test_it_answers_with_where_the_numbers_are_from(self, api, name):
        answer = api.get(f"{URL}{name}/", VALID[name])

        assert answer.status_code == 200
        assert '"validity"' in answer.content.decode()

    def test_explain_adds_how_they_came_about(self, api, name):
        plain, told = (
            api.get(f"{URL}{name}/", {**VALID[name], "explain": explain}).content.decode()
            for explain in ("0", "1")
        )

        assert '"explanation"' not in plain
        assert '"explanation"' in told

    def test_a_number_that_is_none_is_refused(self, api, name):
        field = next(field for field, value in VALID[name].items() if value != "male")

        for value in ("nan", "-1", "1e999", "x"):
            assert refused(api.get(f"{URL}{name}/", {**VALID[name], field: value})) == [field]
        assert refused(api.get(f"{URL}{name}/", {**VALID[name], "explain": "x"})) == ["explain"]

    def test_it_stores_nothing(self, api, ana, name):
        before = list(SyncClock.objects.values_list("user_id", "revision"))

        api.get(f"{URL}{name}/", VALID[name])

        assert list(SyncClock.objects.values_list("user_id", "revision")) == before

    def test_it_is_for_those_who_are_signed_in(self, anonymous, name):
        assert anonymous.get(f"{URL}{name}/", VALID[name]).status_code == 401

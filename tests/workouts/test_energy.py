"""Energy of a workout that nobody measured: MET × kg × h."""

import pytest
import time_machine

from tests.factories.workouts import ExerciseFactory
from workouts.models import Exercise, Workout

URL = "/api/v1/workouts/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def eighty_kg(ana) -> None:
    weigh(ana, 80)


@pytest.fixture
def bench(db) -> Exercise:
    return ExerciseFactory(name="Bench Press", met=3.5)


@pytest.fixture
def rowing(db) -> Exercise:
    return ExerciseFactory(name="Rowing", is_cardio=True, muscle_group="cardio", met=7.0)


def weigh(user, kg: float | None) -> None:
    user.profile.body_weight_kg = kg
    user.profile.save(update_fields=["body_weight_kg"])


def one(exercise, **values):
    return {"exercise": str(exercise.pk), **values}


def body(*sets, **changes):
    return {
        "name": "Push day",
        "date": "2026-03-02",
        "start_time": "18:00:00",
        "duration": 60,
        "sets": list(sets),
        **changes,
    }


def log(api, *sets, **changes):
    response = api.post(URL, body(*sets, **changes))
    assert response.status_code == 201, response.content
    return response.json()


def detail(workout) -> str:
    return f"{URL}{workout['id']}/"


def energy_of(answer) -> tuple[int | None, bool]:
    return answer["calories_burned"], answer["calories_estimated"]


@pytest.mark.parametrize(
    ("met", "kcal"),
    [(3.5, 280), (None, 280), (5.0, 400), (1.0, 80)],
)
def test_an_hour_with_80_kg_takes_met_times_80_kcal(api, met, kcal):
    exercise = ExerciseFactory(met=met)

    answer = log(api, one(exercise, reps=5, weight=100))

    assert energy_of(answer) == (kcal, True)
    assert energy_of(api.get(URL).json()["results"][0]) == (kcal, True)


def test_several_exercises_take_the_mean_of_their_sets(api, bench):
    heavy = ExerciseFactory(met=6.0)

    answer = log(api, one(bench), one(bench), one(bench), one(heavy))

    assert energy_of(answer) == (330, True)  # (3 × 3.5 + 6) / 4 = 4.125


@pytest.mark.parametrize(
    ("changes", "sets"),
    [
        ({"body_weight_kg": None}, 1),
        ({"duration": 0}, 1),
        ({}, 0),
    ],
)
def test_what_is_not_known_is_not_estimated(api, bench, changes, sets):
    answer = log(api, *[one(bench)] * sets, **changes)

    assert energy_of(answer) == (None, False)


def test_a_person_who_has_not_said_their_weight_gets_no_estimate(api, ana, bench):
    weigh(ana, None)

    assert energy_of(log(api, one(bench))) == (None, False)


@pytest.mark.parametrize("given", [0, 512])
def test_a_given_value_is_kept_whatever_changes(api, bench, given):
    workout = log(api, one(bench), calories_burned=given)

    answers = [
        workout,
        api.patch(detail(workout), {"body_weight_kg": 100}).json(),
        api.patch(detail(workout), {"duration": 90}).json(),
        api.patch(detail(workout), {"sets": [one(bench), one(bench)]}).json(),
    ]
    api.post(f"{detail(workout)}sets/", one(bench))
    answers.append(api.get(detail(workout)).json())

    assert [energy_of(answer) for answer in answers] == [(given, False)] * 5


class TestChanges:
    def test_another_length_changes_the_estimate(self, api, bench):
        workout = log(api, one(bench))

        answer = api.patch(detail(workout), {"duration": 90}).json()

        assert energy_of(answer) == (420, True)

    def test_another_end_changes_the_estimate(self, api, bench):
        workout = log(api, one(bench))

        answer = api.patch(detail(workout), {"end_time": "18:30"}).json()

        assert energy_of(answer) == (140, True)

    def test_another_body_weight_changes_the_estimate(self, api, bench):
        workout = log(api, one(bench))

        answers = [
            api.patch(detail(workout), {"body_weight_kg": kg}).json() for kg in (100, None, 80)
        ]

        assert [energy_of(answer) for answer in answers] == [
            (350, True),
            (None, False),
            (280, True),
        ]

    def test_a_later_weight_of_the_person_changes_nothing(self, api, ana, bench):
        workout = log(api, one(bench))
        weigh(ana, 100)

        answer = api.patch(detail(workout), {"name": "New"}).json()

        assert energy_of(answer) == (280, True)

    def test_sets_one_by_one_change_the_estimate(self, api, bench):
        workout = log(api, one(bench))
        heavy = ExerciseFactory(met=6.5)

        row = api.post(f"{detail(workout)}sets/", one(heavy)).json()
        added = api.get(detail(workout)).json()
        api.patch(f"/api/v1/workout-sets/{row['id']}/", one(bench))
        changed = api.get(detail(workout)).json()
        api.patch(f"/api/v1/workout-sets/{row['id']}/", one(heavy))
        api.delete(f"/api/v1/workout-sets/{workout['sets'][0]}/")
        removed = api.get(detail(workout)).json()
        api.delete(f"/api/v1/workout-sets/{row['id']}/")
        empty = api.get(detail(workout)).json()

        assert [energy_of(answer) for answer in (added, changed, removed, empty)] == [
            (400, True),
            (280, True),
            (520, True),
            (None, False),
        ]

    def test_replaced_sets_change_the_estimate(self, api, bench):
        workout = log(api, one(bench))
        heavy = ExerciseFactory(met=6.0)

        patched = api.patch(detail(workout), {"sets": [one(heavy)]}).json()
        put = api.put(detail(workout), body(one(bench))).json()

        assert (energy_of(patched), energy_of(put)) == ((480, True), (280, True))

    def test_a_value_that_comes_later_goes_before_the_estimate(self, api, bench):
        workout = log(api, one(bench))

        given = api.patch(detail(workout), {"calories_burned": 301}).json()
        taken_back = api.patch(detail(workout), {"calories_burned": None}).json()

        assert (energy_of(given), energy_of(taken_back)) == ((301, False), (280, True))

    def test_an_estimate_that_is_sent_back_is_no_measurement(self, api, bench):
        workout = log(api, one(bench))

        put = api.put(detail(workout), body(one(bench), calories_burned=280)).json()
        longer = api.patch(detail(workout), {"duration": 90, "calories_burned": 280}).json()

        assert (energy_of(put), energy_of(longer)) == ((280, True), (420, True))


class TestCardio:
    def test_timed_sets_count_with_their_own_time(self, api, rowing):
        answer = log(api, one(rowing, duration=1800), duration=0)

        assert energy_of(answer) == (280, True)  # 7 × 80 × 0.5

    def test_the_rest_of_the_session_counts_with_the_other_sets(self, api, bench, rowing):
        answer = log(api, one(rowing, duration=1200), one(bench, reps=5, weight=100))

        # 20 minutes of 7 MET, 40 of 3.5 MET.
        assert energy_of(answer) == (round(80 * (7 * 20 + 3.5 * 40) / 60), True)

    def test_pauses_of_a_session_of_timed_cardio_alone_are_not_counted(self, api, rowing):
        answer = log(api, one(rowing, duration=1200), one(rowing, duration=600))

        assert energy_of(answer) == (280, True)

    def test_cardio_without_a_time_counts_over_the_session(self, api, rowing):
        assert energy_of(log(api, one(rowing, distance=5))) == (560, True)

    def test_cardio_without_a_value_of_its_own_counts_as_a_moderate_effort(self, api):
        cardio = ExerciseFactory(is_cardio=True, met=None)

        assert energy_of(log(api, one(cardio, duration=3600))) == (400, True)

    def test_timed_sets_may_be_longer_than_the_session_says(self, api, bench, rowing):
        answer = log(api, one(rowing, duration=7200), one(bench), duration=60)

        assert energy_of(answer) == (1120, True)

    def test_an_estimate_is_never_more_than_a_workout_may_have(self, api, ana):
        sprint = ExerciseFactory(is_cardio=True, met=25)
        weigh(ana, 500)

        answer = log(api, *[one(sprint, duration=172_800)] * 500)

        assert energy_of(answer) == (20_000, True)


class TestRunning:
    def test_a_running_workout_has_no_estimate_and_a_finished_one_has(self, api, bench):
        with time_machine.travel("2026-03-02T18:00:00Z", tick=False):
            workout = api.post(f"{URL}start/", {}).json()
        with time_machine.travel("2026-03-02T18:30:00Z", tick=False):
            api.post(f"{detail(workout)}sets/", one(bench))
            api.patch(detail(workout), {"sets": [one(bench), one(bench)], "body_weight_kg": 60})
            running = api.get(detail(workout)).json()
        with time_machine.travel("2026-03-02T19:00:00Z", tick=False):
            finished = api.post(f"{detail(workout)}finish/", {}).json()

        assert (energy_of(workout), energy_of(running)) == ((None, False), (None, False))
        assert energy_of(finished) == (210, True)

    def test_what_was_measured_while_it_ran_is_kept(self, api, bench):
        with time_machine.travel("2026-03-02T18:00:00Z", tick=False):
            workout = api.post(f"{URL}start/", {}).json()
            api.post(f"{detail(workout)}sets/", one(bench))
            api.patch(detail(workout), {"calories_burned": 450})
        with time_machine.travel("2026-03-02T19:00:00Z", tick=False):
            finished = api.post(f"{detail(workout)}finish/", {}).json()

        assert energy_of(finished) == (450, False)

    def test_a_copy_has_an_estimate_where_its_sets_tell_the_time(self, api, bench, rowing):
        lifted, rowed = log(api, one(bench)), log(api, one(rowing, duration=1800))

        copies = [api.post(f"{detail(one)}duplicate/").json() for one in (lifted, rowed)]

        assert [energy_of(copy) for copy in copies] == [(None, False), (280, True)]


def test_an_estimate_takes_one_statement_for_any_number_of_sets(
    api, bench, django_assert_num_queries
):
    # Whose token; savepoint, clock, zone and weight, workout, sets, estimate, release; the answer.
    with django_assert_num_queries(10):
        api.post(URL, body(*[one(bench)] * 2))
    with django_assert_num_queries(10):
        api.post(URL, body(*[one(bench)] * 60))

    assert list(Workout.objects.values_list("calories_burned", flat=True)) == [280, 280]

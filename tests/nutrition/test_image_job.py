"""Photos looked at in the background: once, again where it may heal, and never over a person."""

import datetime as dt

import pytest
import time_machine

from nutrition.models import FoodCandidate, FoodImage, MealEntry
from nutrition.recognition import Guess
from nutrition.services import images, recognition
from nutrition.services.confirmations import confirm_image
from nutrition.services.foods import delete_food
from tests.conftest import client_of
from tests.factories.nutrition import CustomFoodFactory, FoodFactory, PortionFactory
from tests.factories.users import UserFactory
from tests.nutrition.photographed import (
    APPLE,
    LABEL,
    PEAR,
    Known,
    detail,
    photographed,
    run,
    set_up,
    stored_files,
    use_a_folder_of_the_test,
)
from tests.users.races import aside, at_once, wait_for_a_blocked_connection
from users import tasks
from users.models import SyncClock
from users.services import accounts, jobs
from users.services.language_model import ModelUnavailable

NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def known(monkeypatch, settings):
    return set_up(monkeypatch, settings, Known(APPLE, PEAR))


def candidates() -> list[tuple[int, str, object, float | None]]:
    rows = FoodCandidate.objects.order_by("rank")
    return [(row.rank, row.label, row.food, row.amount) for row in rows]


class TestCandidates:
    def test_a_worker_that_is_nudged_stores_what_the_photo_may_show(self, known, ana):
        apple = FoodFactory(name="Apple")
        image = photographed(ana)

        tasks.run_job(label=LABEL, job_id=str(image.pk))

        image.refresh_from_db()
        assert (image.status, image.ai_processed, image.ai_confidence) == ("done", True, 0.9)
        assert (image.recognizer, image.error) == ("known-1", "")
        assert image.finished_at is not None
        assert candidates() == [(1, "apple", apple, 100.0), (2, "pear", None, None)]
        with image.image.open("rb") as file:
            assert known.photos == [file.read()]

    @pytest.mark.parametrize(
        ("case", "amount"),
        [
            ((None, "g", []), 40.0),
            ((None, "g", [150.0, 28.0]), 28.0),
            ((200.0, "g", [28.0]), 200.0),
            ((200.0, "ml", [28.0]), 200.0),
            ((200.0, "G", [28.0]), 200.0),
            ((200.0, "piece", [2.0]), 2.0),
            ((200.0, "oz", []), 40.0),
            ((20_000.0, "g", []), 10_000.0),
        ],
    )
    def test_an_amount_is_what_it_weighs_or_the_usual_portion(self, known, ana, case, amount):
        guess, unit, portions = case
        food = FoodFactory(name="Apple", serving_size=40.0, serving_unit=unit)
        for portion in portions:
            PortionFactory(food=food, amount=portion)
        known.guesses = (Guess("apple", 0.9, guess),)

        run(photographed(ana))

        assert candidates() == [(1, "apple", food, amount)]

    def test_a_persons_own_food_is_found_and_another_persons_is_not(self, known, ana, ben):
        mine = CustomFoodFactory(name="Apple", created_by=ana)
        CustomFoodFactory(name="Pear", created_by=ben)

        run(photographed(ana))

        assert [food for _, _, food, _ in candidates()] == [mine, None]

    def test_phones_hear_of_it(self, known, ana):
        image = photographed(ana)
        before = image.revision

        run(image)

        assert before < image.revision == SyncClock.objects.get(user=ana).revision

    def test_storing_costs_the_same_for_any_number(self, known, ana, django_assert_num_queries):
        FoodFactory(name="Apple")
        image = photographed(ana)
        found = recognition.Recognition(
            model="known-1", guesses=tuple(Guess(f"apple {n}", 0.5) for n in range(5))
        )
        FoodImage.objects.update(status="running", attempts=1)
        image.refresh_from_db()

        # Two marks around the transaction; the job kept and ended, each with two marks, whose it
        # is, the clock and the row; the foods; out with the old candidates, in with the new.
        with django_assert_num_queries(15):
            recognition._store(image, found)

        assert FoodCandidate.objects.count() == 5


class TestTryingAgain:
    def test_what_may_heal_is_handed_out_by_the_sweep(self, known, ana):
        image = photographed(ana)

        def fail() -> None:
            raise ModelUnavailable("Later.")

        known.meanwhile = fail

        with time_machine.travel(NOW, tick=False), pytest.raises(ModelUnavailable):
            run(image)
        image.refresh_from_db()
        early = jobs.sweep(now=NOW + dt.timedelta(seconds=19))
        due = jobs.sweep(now=NOW + dt.timedelta(seconds=20))

        assert (image.status, image.attempts) == ("running", 1)
        assert (early, due) == ([], [(LABEL, image.pk)])

    def test_after_five_tries_it_is_given_up_with_the_last_reason(self, known, ana):
        def fail() -> None:
            raise ModelUnavailable("Still away.")

        known.meanwhile = fail
        image = photographed(ana)

        for _ in range(jobs.MAX_ATTEMPTS - 1):
            with pytest.raises(ModelUnavailable):
                run(image)
            FoodImage.objects.update(claimed_until=NOW)
        run(image)

        assert (image.status, image.attempts, image.error) == ("failed", 5, "Still away.")
        assert len(stored_files()) == 2

    def test_a_photo_that_failed_is_confirmed_by_hand(self, known, api, ana):
        image, food = photographed(ana), FoodFactory()
        FoodImage.objects.update(status="failed", error="Never.")

        response = api.post(
            detail(image, "confirm/"), {"food": str(food.pk), "quantity": 1, "meal_type": "lunch"}
        )

        assert response.status_code == 201
        assert response.json()["image"]["error"] == "Never."

    def test_a_done_photo_is_not_looked_at_again(self, known, ana):
        image = run(photographed(ana))

        assert jobs.run(label=LABEL, job_id=image.pk) is False

        assert len(known.photos) == 1

    def test_a_second_try_replaces_what_a_first_one_stored(self, known, ana):
        image = run(photographed(ana))
        FoodImage.objects.update(status="pending")
        known.guesses = (PEAR,)

        run(image)

        assert candidates() == [(1, "pear", None, None)]

    def test_a_lost_file_is_a_failure_that_says_so(self, known, ana):
        image = photographed(ana)
        image.image.storage.delete(image.image.name)

        run(image)

        assert (image.status, image.error) == ("failed", "The photo's file is lost.")

    def test_a_recognizer_that_was_turned_off_meanwhile_is_a_failure_that_says_so(
        self, ana, settings
    ):
        settings.FOOD_RECOGNIZER = "vision"
        image = photographed(ana)
        settings.FOOD_RECOGNIZER = ""

        run(image)

        assert (image.status, image.error) == ("failed", "No recognizer is set up.")
        assert (image.ai_processed, image.recognizer) == (False, "")

    def test_the_worker_holds_it_for_as_long_as_a_model_may_take(self, known, ana, settings):
        settings.AI_TIMEOUT_S = 240
        held = []
        rows = FoodImage.objects.values_list("claimed_until", flat=True)
        known.meanwhile = lambda: held.append(rows.get())

        with time_machine.travel(NOW, tick=False):
            run(photographed(ana))

        assert held == [NOW + dt.timedelta(seconds=240) + jobs.LEASE]


class TestSideBySide:
    def test_what_was_confirmed_meanwhile_stays(self, known, ana):
        food = FoodFactory(name="Quince")
        image = photographed(ana)
        content = {"food": food.pk, "quantity": 1.0, "meal_type": "lunch"}
        known.meanwhile = lambda: confirm_image(user_id=ana.pk, image_id=image.pk, content=content)

        run(image)

        assert (image.status, image.ai_processed) == ("done", True)
        assert (image.food, image.meal_entry) == (food, MealEntry.objects.get())
        assert (image.confirmed_rank, image.confirmed_amount) == (None, 100)
        assert [label for _, label, _, _ in candidates()] == ["apple", "pear"]

    @pytest.mark.django_db(transaction=True)
    def test_a_photo_that_is_deleted_meanwhile_leaves_no_file_and_no_row(
        self, monkeypatch, settings
    ):
        ana = UserFactory(username="ana")
        known = set_up(monkeypatch, settings, Known(APPLE))
        image = photographed(ana)
        client = client_of(ana)
        deleted = []
        known.meanwhile = lambda: deleted.append(client.delete(detail(image)).status_code)

        was_run = jobs.run(label=LABEL, job_id=image.pk)

        assert (was_run, deleted) == (False, [204])
        assert not FoodImage.objects.exists()
        assert not FoodCandidate.objects.exists()
        assert stored_files() == []

    @pytest.mark.django_db(transaction=True)
    def test_a_deletion_waits_for_candidates_that_are_being_stored(self, monkeypatch, settings):
        ana = UserFactory(username="ana")
        set_up(monkeypatch, settings, Known(APPLE))
        image = photographed(ana)
        others = []
        candidate = recognition._candidate

        def delete_aside(*args):
            others.append(aside(lambda: images.remove_image(image=image)))
            wait_for_a_blocked_connection()
            return candidate(*args)

        monkeypatch.setattr(recognition, "_candidate", delete_aside)

        was_run = jobs.run(label=LABEL, job_id=image.pk)
        others[0].result()

        assert was_run is True
        assert (FoodImage.objects.count(), FoodCandidate.objects.count()) == (0, 0)
        assert stored_files() == []

    @pytest.mark.django_db(transaction=True)
    def test_two_workers_at_once_store_one_set_of_candidates(self, monkeypatch, settings):
        ana = UserFactory(username="ana")
        set_up(monkeypatch, settings, Known(APPLE, PEAR))
        image = photographed(ana)
        FoodImage.objects.update(status="running", attempts=1)

        def work(number: int) -> str:
            try:
                recognition.recognize(image.pk)
            except jobs.JobCancelled:
                return "too late"
            return "stored"

        answers = at_once(2, work)

        assert sorted(answers) == ["stored", "too late"]
        assert [rank for rank, *_ in candidates()] == [1, 2]

    def test_a_worker_that_was_taken_as_lost_stores_nothing(self, known, ana):
        image = photographed(ana)

        def overtake() -> None:
            known.meanwhile, known.guesses = (lambda: None), (PEAR,)
            FoodImage.objects.update(claimed_until=NOW)
            run(image)
            known.guesses = (APPLE,)

        known.meanwhile = overtake

        was_run = jobs.run(label=LABEL, job_id=image.pk)

        assert was_run is False
        assert [label for _, label, _, _ in candidates()] == ["pear"]

    def test_a_photo_that_was_deleted_before_its_turn_is_not_looked_at(self, known, ana):
        image = photographed(ana)
        images.remove_image(image=image)

        with pytest.raises(jobs.JobCancelled):
            recognition.recognize(image.pk)

        assert known.photos == []

    def test_a_person_who_is_erased_meanwhile_leaves_nothing(self, known, ana):
        image = photographed(ana)

        def erase() -> None:
            accounts.close_account(user=ana)
            accounts.erase_account(user_id=str(ana.pk))

        known.meanwhile = erase

        was_run = jobs.run(label=LABEL, job_id=image.pk)

        assert was_run is False
        assert not FoodImage.objects.exists()
        assert not FoodCandidate.objects.exists()

    def test_a_food_that_is_deleted_leaves_its_candidates_without_one(self, known, ana):
        food = CustomFoodFactory(name="Apple", created_by=ana)
        image = run(photographed(ana))
        before = image.revision

        delete_food(user_id=ana.pk, food_id=food.pk)

        image.refresh_from_db()
        assert candidates()[0][:3] == (1, "apple", None)
        assert image.revision > before

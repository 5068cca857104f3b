"""The admin's pages about history from other apps."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.users import UserFactory
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from tests.users.admin_client import browser_of, queries_of
from tests.workouts.test_admin import saved, staff_who_may, url
from users.admin.reading import MAX_SHOWN
from users.models import AuditEntry, User
from workouts.models import ExerciseAlias, RowError, WorkoutImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """The jobs that workers were told of."""
    told: list[tuple[str, object]] = []
    monkeypatch.setattr(
        "users.services.jobs.job_waiting.send",
        lambda sender, label, job_id: told.append((label, job_id)),
    )
    return told


def import_of(user: User, status: str = "failed", **values) -> WorkoutImport:
    is_over = {"attempts": 5, "error": "It failed too often.", "finished_at": timezone.now()}
    return WorkoutImport.objects.create(
        **{"user": user, "timezone": "UTC", "file": "imports/a.csv", "status": status}
        | (is_over if status == "failed" else {})
        | values
    )


def error_of(job: WorkoutImport, line: int) -> RowError:
    return RowError.objects.create(
        job=job, line=line, column="Weight", code="not_a_number", message=f"{line} is no weight."
    )


def try_again(browser: Client, *jobs: WorkoutImport):
    choice = {"action": "try_again", "_selected_action": [str(job.pk) for job in jobs]}
    return browser.post(url(WorkoutImport), choice, follow=True)


def states() -> list[tuple[str, int]]:
    return list(WorkoutImport.objects.order_by("pk").values_list("status", "attempts"))


def test_the_page_of_an_import_shows_its_errors_and_questions_and_not_its_file(
    desk: Client, ana: User
):
    questions = {"weight_unit": ["kg", "lb"]}
    job = import_of(ana, "needs_answers", file="imports/secret-name.csv", questions=questions)
    error_of(job, 7)

    page = desk.get(url(WorkoutImport, "change", job.pk)).content.decode()

    assert "<td>7</td><td>Weight</td><td>not_a_number</td><td>7 is no weight.</td>" in page
    assert "&quot;weight_unit&quot;" in page
    assert "secret-name" not in page + desk.get(url(WorkoutImport)).content.decode()


def test_the_page_of_an_import_costs_the_same_for_any_number_of_errors(desk: Client, ana: User):
    job = import_of(ana)
    error_of(job, 1)
    address = url(WorkoutImport, "change", job.pk)
    queries_of(desk, address)
    few = queries_of(desk, address)
    RowError.objects.bulk_create(
        RowError(user=ana, job=job, line=line, code="x", message=f"Wrong in {line}.")
        for line in range(2, MAX_SHOWN + 2)
    )

    many = queries_of(desk, address)

    page = desk.get(address).content.decode()
    assert many == few
    assert f"Wrong in {MAX_SHOWN}." in page
    assert f"Wrong in {MAX_SHOWN + 1}." not in page


def test_imports_are_found_by_their_state(desk: Client, ana: User):
    waiting = import_of(ana, "needs_answers")
    import_of(ana)

    listed = desk.get(url(WorkoutImport), {"status": "needs_answers"}).context["cl"].result_list

    assert [row.pk for row in listed] == [waiting.pk]


def test_an_import_that_failed_is_tried_again_as_often_as_a_new_one(
    desk: Client, ana: User, nudges: list
):
    failed = import_of(ana)

    response = try_again(desk, failed)

    assert "1 will be tried again." in response.content.decode()
    job = WorkoutImport.objects.get(pk=failed.pk)
    assert (job.status, job.attempts, job.error, job.finished_at) == ("pending", 0, "", None)
    assert job.revision > failed.revision
    assert job.updated_at > failed.updated_at
    assert nudges == [("workouts.WorkoutImport", failed.pk)]
    assert AuditEntry.objects.get(action="run").object_id == str(failed.pk)


@pytest.mark.parametrize(
    "status", ["pending", "running", "needs_answers", "checked", "done", "undone"]
)
def test_an_import_that_has_not_failed_is_left_alone(
    status, desk: Client, ana: User, nudges: list
):
    job = import_of(ana, status, attempts=2)

    response = try_again(desk, job)

    assert "0 will be tried again." in response.content.decode()
    assert (states(), nudges) == ([(status, 2)], [])
    assert WorkoutImport.objects.get(pk=job.pk).revision == job.revision


def test_an_import_without_its_file_is_left_alone(desk: Client, ana: User, nudges: list):
    job = import_of(ana, file="")

    response = try_again(desk, job)

    assert "The file was deleted meanwhile. Upload it again." in response.content.decode()
    assert (states(), nudges) == ([("failed", 5)], [])


def test_a_person_has_one_import_at_a_time(desk: Client, ana: User, ben: User, nudges: list):
    anas = [import_of(ana), import_of(ana)]
    bens = import_of(ben)
    import_of(ben, "running", attempts=1)

    response = try_again(desk, *anas, bens)

    assert "1 will be tried again." in response.content.decode()
    assert response.content.decode().count("Another import is running. Wait for it.") == 2
    assert states() == [("pending", 0), ("failed", 5), ("failed", 5), ("running", 1)]
    assert nudges == [("workouts.WorkoutImport", anas[0].pk)]


def test_trying_again_needs_the_permission_to_change(ana: User, nudges: list):
    job = import_of(ana)

    try_again(browser_of(staff_who_may("view_workoutimport")), job)
    refused = (states(), list(nudges))
    try_again(browser_of(staff_who_may("view_workoutimport", "change_workoutimport")), job)

    assert refused == ([("failed", 5)], [])
    assert (states(), len(nudges)) == ([("pending", 0)], 1)


def test_a_name_that_was_mapped_wrongly_is_put_right(desk: Client, ana: User, ben: User):
    bens = CustomExerciseFactory(created_by=ben)
    squat = ExerciseFactory(name="Back Squat")
    alias = ExerciseAlias.objects.create(user=ana, name="squat", exercise=ExerciseFactory())

    refused = saved(desk, alias, exercise=str(bens.pk))
    still = ExerciseAlias.objects.get(pk=alias.pk)
    stored = saved(desk, alias, exercise=str(squat.pk), name="other")

    assert "This is another person&#x27;s exercise." in refused.content.decode()
    assert (still.exercise_id, still.revision) == (alias.exercise_id, alias.revision)
    assert stored.status_code == 302
    after = ExerciseAlias.objects.get(pk=alias.pk)
    assert (after.exercise, after.name) == (squat, "squat")

"""Photos of food over HTTP: taken in, shown to their owner alone, confirmed, deleted."""

import datetime as dt
import os
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from PIL import Image

from nutrition.api.images import represent_images
from nutrition.models import FoodCandidate, FoodImage, MealEntry
from nutrition.services import images
from nutrition.services.meals import delete_entry
from nutrition.tasks import remove_orphaned_food_images
from tests.conftest import client_of
from tests.factories.nutrition import (
    FoodFactory,
)
from tests.factories.users import UserFactory
from tests.nutrition.photographed import (
    URL,
    detail,
    errors_of,
    looked_at_by_a_recognizer,
    photo,
    photographed,
    stored_files,
    upload,
    use_a_folder_of_the_test,
)
from tests.users.races import at_once
from users.ids import uuid7
from users.models import Tombstone
from users.services.pictures import MAX_BYTES

NOW = dt.datetime(2026, 3, 2, 23, 30, 15, tzinfo=dt.UTC)
ORIENTATION, MAKE = 0x0112, 0x010F
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def looked_at(ana):
    return looked_at_by_a_recognizer(ana)


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def picture(response) -> Image.Image:
    return Image.open(BytesIO(body_of(response)))


class TestUploading:
    def test_without_a_recognizer_a_photo_is_stored_and_nothing_is_pretended(self, api, ana):
        response = upload(api, photo())

        image = FoodImage.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": str(image.pk),
            "status": "done",
            "error": "",
            "image_url": f"http://testserver{detail(image, 'image/')}",
            "thumbnail_url": f"http://testserver{detail(image, 'thumbnail/')}",
            "meal_entry": None,
            "food": None,
            "ai_processed": False,
            "ai_confidence": None,
            "recognizer": "",
            "candidates": [],
            "confirmed_at": None,
            "confirmed_rank": None,
            "confirmed_amount": None,
            "created_at": response.json()["created_at"],
            "updated_at": response.json()["updated_at"],
        }
        assert (image.user, image.attempts, image.finished_at is not None) == (ana, 0, True)

    def test_with_a_recognizer_it_waits(self, api, settings, django_capture_on_commit_callbacks):
        settings.FOOD_RECOGNIZER = "vision"

        with django_capture_on_commit_callbacks() as callbacks:
            response = upload(api, photo())

        assert (response.status_code, response.json()["status"]) == (202, "pending")
        # The other one wakes who keeps what follows from the person's rows.
        assert [call.func.__name__ for call in callbacks].count("_nudge_job") == 1

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("name", ["lunch.exe", "lunch", "../../lunch.png"])
    def test_it_is_known_by_its_content_whatever_its_name(self, api, kind, name):
        response = upload(api, photo(kind=kind), name=name)

        assert response.status_code == 201
        kinds = [Image.open(BytesIO(_path(file).read_bytes())).format for file in stored_files()]
        assert kinds == ["WEBP", "WEBP"]

    @pytest.mark.parametrize(
        ("size", "large", "small"),
        [
            ((4032, 3024), (1280, 960), (256, 192)),
            ((1000, 3000), (427, 1280), (85, 256)),
            ((100, 50), (100, 50), (100, 50)),
            ((20_000, 1), (1280, 1), (256, 1)),
        ],
    )
    def test_all_of_it_is_kept_in_two_sizes(self, api, size, large, small):
        response = upload(api, photo(size=size)).json()

        assert picture(api.get(response["image_url"])).size == large
        assert picture(api.get(response["thumbnail_url"])).size == small

    def test_it_stands_upright_and_forgets_the_camera(self, api):
        upright = Image.new("RGB", (300, 400), "blue")
        upright.paste("red", (0, 0, 300, 200))
        exif = Image.Exif()
        exif[ORIENTATION], exif[MAKE] = 6, "CanaryCam"
        target = BytesIO()
        upright.transpose(Image.Transpose.ROTATE_90).save(target, "JPEG", exif=exif)
        assert b"CanaryCam" in target.getvalue()

        upload(api, target.getvalue() + b"CanaryTail")

        for file in stored_files():
            content = _path(file).read_bytes()
            shown = Image.open(BytesIO(content)).convert("RGB")
            assert b"Canary" not in content
            assert b"EXIF" not in content
            assert shown.width < shown.height
            assert _channel(shown, "R", (10, 10)) > 200
            assert _channel(shown, "B", (10, shown.height - 10)) > 200

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ("image", "invalid")),
            (b"\x00" * 5000, ("image", "invalid")),
            (b"GIF89a" + photo(), ("image", "invalid")),
            (photo()[:60], ("image", "invalid")),
            (b"", ("image", "empty")),
            (photo() + b"\x00" * MAX_BYTES, ("image", "too_large")),
        ],
        ids=["svg", "zeros", "gif", "half", "empty", "large"],
    )
    def test_what_is_no_photo_is_refused_and_leaves_nothing(self, api, content, error):
        response = upload(api, content)

        assert (response.status_code, errors_of(response)) == (400, [error])
        assert (FoodImage.objects.count(), stored_files()) == (0, [])

    def test_too_many_pixels_are_refused(self, api):
        target = BytesIO()
        Image.new("1", (7000, 7000)).save(target, "PNG")

        response = upload(api, target.getvalue())

        assert errors_of(response) == [("image", "too_many_pixels")]
        assert stored_files() == []

    def test_only_a_form_with_a_file_is_taken(self, api):
        as_json = api.post(URL, {"image": "x"}, format="json")
        without = api.post(URL, {"id": str(uuid7())}, format="multipart")
        much_too_large = upload(api, b"\x00" * (MAX_BYTES + 70 * 1024))

        assert (as_json.status_code, without.status_code) == (415, 400)
        assert errors_of(without) == [("image", "required")]
        assert much_too_large.status_code == 413

    def test_no_more_than_fifty_wait_for_one_person(self, api, ana, ben, settings, monkeypatch):
        settings.FOOD_RECOGNIZER = "vision"
        monkeypatch.setattr(images, "MAX_WAITING", 2)
        photographed(ben)
        first, second = upload(api, photo()), upload(api, photo())

        third = upload(api, photo())
        FoodImage.objects.filter(pk=first.json()["id"]).update(status="done")
        fourth = upload(api, photo())

        assert (first.status_code, second.status_code) == (202, 202)
        assert (third.status_code, errors_of(third)) == (409, [(None, "too_many_waiting")])
        assert fourth.status_code == 202
        assert len(stored_files()) == 2 * FoodImage.objects.count()

    def test_a_row_that_cannot_be_stored_leaves_no_file(self, ana, monkeypatch):
        def fail(*args: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(FoodImage, "insert_at", fail)

        with pytest.raises(RuntimeError):
            photographed(ana)

        assert stored_files() == []


class TestRepeating:
    def test_the_same_id_or_key_with_the_same_photo_is_stored_once(self, api):
        image_id = str(uuid7())

        by_id = [upload(api, photo(), id=image_id) for _ in range(2)]
        by_key = [upload(api, photo(), key="lunch") for _ in range(2)]

        assert [answer.status_code for answer in by_id + by_key] == [201, 200, 201, 200]
        assert by_id[0].json() == by_id[1].json()
        assert by_key[0].json()["id"] == by_key[1].json()["id"]
        assert (FoodImage.objects.count(), len(stored_files())) == (2, 4)

    def test_another_photo_under_a_used_id_or_key_is_refused(self, api):
        image_id = str(uuid7())
        upload(api, photo(), id=image_id)
        upload(api, photo(), key="lunch")

        by_id = upload(api, photo("blue"), id=image_id)
        by_key = upload(api, photo("blue"), key="lunch")

        assert (by_id.status_code, errors_of(by_id)) == (409, [(None, "id_taken")])
        assert (by_key.status_code, errors_of(by_key)) == (422, [(None, "idempotency_key_reused")])
        assert (FoodImage.objects.count(), len(stored_files())) == (2, 4)

    def test_a_deleted_photo_is_not_brought_back(self, api):
        image_id = str(uuid7())
        upload(api, photo(), id=image_id)
        api.delete(detail(image_id))

        response = upload(api, photo(), id=image_id)

        assert (response.status_code, errors_of(response)) == (409, [(None, "deleted")])

    @pytest.mark.django_db(transaction=True)
    def test_the_same_upload_four_times_at_once_is_stored_once(self):
        ana = UserFactory(username="ana")
        clients = [client_of(ana) for _ in range(4)]
        image_id = str(uuid7())

        codes = at_once(4, lambda n: upload(clients[n], photo(), id=image_id).status_code)

        assert sorted(codes) == [200, 200, 200, 201]
        assert (FoodImage.objects.count(), len(stored_files())) == (1, 2)


class TestLooking:
    def test_the_list_is_newest_first_and_costs_the_same_for_any_number(
        self, api, ana, ben, django_assert_num_queries
    ):
        food = FoodFactory()
        mine = [photographed(ana) for _ in range(3)]
        photographed(ben)
        for image in mine:
            row = {"user": ana, "image": image, "label": "x", "confidence": 0.5}
            FoodCandidate.objects.create(rank=1, food=food, **row)
            FoodCandidate.objects.create(rank=2, **row)

        with django_assert_num_queries(4):  # who asks, the page, its candidates, their foods
            response = api.get(URL)

        rows = response.json()["results"]
        assert [row["id"] for row in rows] == [str(image.pk) for image in reversed(mine)]
        assert [one["rank"] for one in rows[0]["candidates"]] == [1, 2]

    def test_a_page_leads_to_the_next(self, api, ana):
        newest = [str(photographed(ana).pk) for _ in range(3)][::-1]

        first = api.get(URL, {"page_size": 2}).json()
        second = api.get(first["next"]).json()

        found = [[row["id"] for row in page["results"]] for page in (first, second)]
        assert found == [newest[:2], newest[2:]]
        assert second["next"] is None

    def test_it_is_narrowed_to_what_was_looked_at_or_confirmed(self, api, ana, looked_at):
        plain = photographed(ana)
        FoodImage.objects.filter(pk=looked_at.pk).update(confirmed_at=NOW)

        def ids(**narrowed: str) -> list[str]:
            return [row["id"] for row in api.get(URL, narrowed).json()["results"]]

        assert ids(ai_processed="true") == ids(confirmed="true") == [str(looked_at.pk)]
        assert ids(ai_processed="false") == ids(confirmed="false") == [str(plain.pk)]
        assert ids(ai_processed="false", confirmed="true") == []

    def test_one_shows_its_candidates_with_their_foods(
        self, api, looked_at, django_assert_num_queries
    ):
        with django_assert_num_queries(5):  # who asks, whether it is theirs, the photo, its parts
            answer = api.get(detail(looked_at)).json()

        assert (answer["ai_processed"], answer["ai_confidence"]) == (True, 0.5)
        assert answer["recognizer"] == "known-1"
        first, second, third = answer["candidates"]
        assert (first["rank"], first["label"], first["confidence"]) == (1, "apple", 0.5)
        assert (first["food"]["name"], first["food"]["calories"]) == ("Apple", 100)
        assert (first["amount"], first["unit"]) == (150, "g")
        assert (second["food"]["name"], second["amount"]) == ("Pear", None)
        assert (third["food"], third["amount"], third["unit"]) == (None, None, None)

    def test_the_files_are_streamed_to_their_owner(self, api, ana):
        image = photographed(ana, photo(size=(640, 480)))

        large, small = (api.get(detail(image, name)) for name in ("image/", "thumbnail/"))

        for response, size in ((large, (640, 480)), (small, (256, 192))):
            assert response.status_code == 200
            assert response.headers["Content-Type"] == "image/webp"
            assert response.headers["Cache-Control"] == "private, max-age=3600"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert picture(response).size == size

    def test_a_lost_file_is_not_found(self, api, ana):
        image = photographed(ana)
        for name in stored_files():
            _path(name).unlink()

        assert api.get(detail(image, "image/")).status_code == 404

    @pytest.mark.parametrize("action", ["", "image/", "thumbnail/"])
    def test_another_persons_photo_is_not_there(self, api, anonymous, ben, action):
        image = photographed(ben)

        assert api.get(detail(image, action)).status_code == 404
        assert anonymous.get(detail(image, action)).status_code == 401

    def test_nobody_guesses_a_file(self, ana):
        files = [name for image in (photographed(ana), photographed(ana)) for name in _of(image)]

        secrets = {name.split("-")[-2] for name in files}

        assert sorted(files) == stored_files()
        assert len(secrets) == 2
        assert all(len(secret) == 16 for secret in secrets)

    def test_the_change_feed_shows_photos_in_three_queries(
        self, ana, ben, looked_at, django_assert_num_queries
    ):
        another, foreign = photographed(ana), photographed(ben)

        with django_assert_num_queries(3):
            shown = represent_images(ana.pk, [looked_at.pk, another.pk, foreign.pk])

        assert shown.keys() == {looked_at.pk, another.pk}
        assert shown[looked_at.pk]["candidates"][0]["food"]["name"] == "Apple"
        assert shown[looked_at.pk]["image_url"] == detail(looked_at, "image/")


class TestDeleting:
    def test_the_files_go_with_the_photo_after_the_commit(
        self, api, ana, looked_at, django_capture_on_commit_callbacks
    ):
        kept = photographed(ana)

        with django_capture_on_commit_callbacks() as callbacks:
            response = api.delete(detail(looked_at))
        before = len(stored_files())
        for callback in callbacks:
            callback()

        assert (response.status_code, before) == (204, 4)
        assert stored_files() == sorted(_of(kept))
        assert list(FoodImage.objects.all()) == [kept]
        assert not FoodCandidate.objects.exists()
        assert Tombstone.objects.get(object_id=looked_at.pk).resource == "nutrition.foodimage"

    def test_the_meal_that_was_made_of_it_stays(self, api, looked_at):
        api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch"})

        api.delete(detail(looked_at))

        assert MealEntry.objects.count() == 1
        assert not FoodImage.objects.exists()

    def test_another_persons_photo_stays(self, bens_api, looked_at):
        response = bens_api.delete(detail(looked_at))

        assert response.status_code == 404
        assert (FoodImage.objects.count(), len(stored_files())) == (1, 2)

    def test_with_a_meal_go_the_photos_that_it_was_made_of(
        self, api, ana, looked_at, django_capture_on_commit_callbacks
    ):
        kept = photographed(ana)
        api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch"})
        entry = MealEntry.objects.get()

        with django_capture_on_commit_callbacks(execute=True):
            delete_entry(user_id=ana.pk, entry_id=entry.pk)

        assert list(FoodImage.objects.all()) == [kept]
        assert stored_files() == sorted(_of(kept))
        assert Tombstone.objects.filter(object_id=looked_at.pk).exists()

    def test_files_that_belong_to_no_photo_go_after_a_day(self, ana):
        kept = photographed(ana)
        storage = FoodImage._meta.get_field("image").storage
        names = [f"food-images/{uuid7()}-0123-1280.webp", "food-images/strange", "food-images/new"]
        for name in names:
            storage.save(name, BytesIO(b"x"))
        long_ago = NOW.timestamp()
        for name in (*names[:2], *_of(kept)):
            os.utime(_path(name), (long_ago, long_ago))

        with time_machine.travel(NOW + dt.timedelta(days=1, seconds=1), tick=False):
            os.utime(_path(names[2]))
            remove_orphaned_food_images()

        assert stored_files() == sorted([*_of(kept), names[2]])


def _path(name: str) -> Path:

    return Path(FoodImage._meta.get_field("image").storage.path(name))


def _of(image: FoodImage) -> list[str]:
    return [str(image.image.name), str(image.thumbnail.name)]


def _channel(image: Image.Image, name: str, place: tuple[int, int]) -> float:
    x, y = place
    value, _ = image.getchannel(name).crop((x, y, x + 1, y + 1)).getextrema()
    return value

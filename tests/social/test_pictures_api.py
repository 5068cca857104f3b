"""Pictures for posts and messages: taken in, shown to whom they are for, deleted with them."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from social.api.pictures import represent_pictures
from social.models import Message, Picture
from social.services import pictures
from tests.factories.social import (
    BlockFactory,
    ConversationFactory,
    MessageFactory,
    MessagePictureFactory,
    PictureFactory,
    PostFactory,
    PostMediaFactory,
)
from tests.factories.users import UserFactory
from users.ids import uuid7
from users.models import Tombstone

pytestmark = pytest.mark.django_db
URL = "/api/v1/pictures/"


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    """The fields took their storage when the models were loaded."""
    storage = FileSystemStorage(location=tmp_path / "private")
    for name in ("image", "thumbnail"):
        monkeypatch.setattr(Picture._meta.get_field(name), "storage", storage)


def photo(size=(40, 30), kind="PNG"):
    target = BytesIO()
    Image.new("RGB", size, "red").save(target, kind)
    return target.getvalue()


def upload(client, content=None, **fields):
    file = SimpleUploadedFile("a.jpg", photo() if content is None else content)
    return client.post(URL, {"image": file, **fields}, format="multipart")


def uploaded(client):
    return Picture.objects.get(pk=upload(client).json()["id"])


def detail(picture, part=""):
    return f"{URL}{picture.pk}/{part}"


def status_of(client, url):
    response = client.get(url)
    if response.streaming:
        # A file is closed once it was read.
        list(response.streaming_content)
    return response.status_code


def stored_files():
    storage = pictures.storage()
    return sorted(storage.listdir("pictures")[1]) if storage.exists("pictures") else []


class TestUploading:
    def test_a_picture_is_kept_in_two_sizes(self, api, ana):
        response = upload(api, photo((4000, 1000), "JPEG"))

        shown = response.json()
        files = [api.get(shown[name]) for name in ("url", "thumbnail_url")]
        sizes = [Image.open(BytesIO(b"".join(one.streaming_content))).size for one in files]
        assert response.status_code == 201
        assert (shown["width"], shown["height"]) == (2048, 512)
        assert sizes == [(2048, 512), (400, 100)]
        assert {one["Content-Type"] for one in files} == {"image/webp"}
        assert {one["Cache-Control"] for one in files} == {"private, max-age=3600"}
        assert Picture.objects.get().user == ana

    def test_a_repeated_upload_is_kept_once(self, api):
        picture_id = str(uuid7())

        first, second = upload(api, id=picture_id), upload(api, id=picture_id)
        other = upload(api, photo((8, 8)), id=picture_id)

        assert [one.status_code for one in (first, second, other)] == [201, 200, 409]
        assert first.json() == second.json()
        assert len(stored_files()) == 2

    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>"])
    def test_what_is_no_picture_is_refused(self, api, content):
        assert upload(api, content).status_code == 400
        assert (Picture.objects.count(), stored_files()) == (0, [])

    def test_so_many_may_wait_for_their_use(self, api, ana, monkeypatch):
        monkeypatch.setattr(pictures, "MAX_UNUSED", 1)
        used = PictureFactory(user=ana)
        PostMediaFactory(post=PostFactory(author=ana), picture=used, media_url="")

        first, second = upload(api), upload(api)

        assert (first.status_code, second.status_code) == (201, 409)
        assert second.json()["errors"][0]["code"] == "too_many_unused"
        assert len(stored_files()) == 2


class TestReading:
    def test_it_is_its_owners_until_it_is_used(self, api, bens_api):
        picture = uploaded(api)

        assert status_of(api, detail(picture, "file/")) == 200
        urls = [detail(picture, part) for part in ("", "file/", "thumbnail/")]
        assert [status_of(bens_api, one) for one in urls] == [404] * 3

    def test_who_reads_the_post_reads_its_picture(self, api, bens_api, ana, ben):
        picture = uploaded(api)
        post = PostFactory(author=ana, visibility="followers")
        PostMediaFactory(post=post, picture=picture, media_url="")

        before = status_of(bens_api, detail(picture, "file/"))
        type(post).objects.filter(pk=post.pk).write(visibility="public")
        public = status_of(bens_api, detail(picture, "file/"))
        BlockFactory(user=ana, blocked=ben)
        blocked = status_of(bens_api, detail(picture, "file/"))

        assert (before, public, blocked) == (404, 200, 404)

    def test_who_reads_the_message_reads_its_picture(self, api, bens_api, ana, ben):
        picture = uploaded(api)
        message = MessageFactory(conversation=ConversationFactory(members=[ana, ben]))
        MessagePictureFactory(message=message, picture=picture)
        place = message.conversation.members.get(user=ben)

        def seen(**changed):
            type(place).objects.filter(pk=place.pk).write(**changed)
            return status_of(bens_api, detail(picture, "thumbnail/"))

        assert seen() == seen(state="request") == 200
        assert seen(state="declined") == seen(state="left") == 404
        assert seen(state="active", cleared_at=timezone.now()) == 404
        assert seen(cleared_at=None) == 200
        Message.objects.write(deleted_at=timezone.now())
        assert seen() == 404

    def test_a_picture_whose_file_is_lost_is_not_found(self, api, ana):
        assert api.get(detail(PictureFactory(user=ana), "file/")).status_code == 404

    def test_the_change_feed_shows_it(self, ana):
        picture = PictureFactory(user=ana)

        shown = represent_pictures(ana.pk, [picture.pk])

        assert shown[picture.pk]["url"] == detail(picture, "file/")


class TestDeleting:
    def test_an_unused_one_goes_with_its_files(
        self, api, bens_api, django_capture_on_commit_callbacks
    ):
        picture = uploaded(api)

        refused = bens_api.delete(detail(picture)).status_code
        with django_capture_on_commit_callbacks(execute=True):
            done = api.delete(detail(picture)).status_code

        assert (refused, done) == (404, 204)
        assert (Picture.objects.count(), stored_files()) == (0, [])
        assert Tombstone.objects.filter(resource="social.picture").count() == 1

    def test_a_used_one_goes_with_its_post(self, api, ana, django_capture_on_commit_callbacks):
        picture = uploaded(api)
        media = [{"picture": str(picture.pk)}]
        post = api.post("/api/v1/posts/", {"content": "a", "media": media}).json()

        refused = api.delete(detail(picture))
        with django_capture_on_commit_callbacks(execute=True):
            api.delete(f"/api/v1/posts/{post['id']}/")

        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "in_use")
        assert (Picture.objects.count(), stored_files()) == (0, [])

    def test_what_was_put_nowhere_for_a_day_is_swept(
        self, api, ana, django_capture_on_commit_callbacks
    ):
        now = timezone.now()
        unused, used = uploaded(api), PictureFactory(user=ana)
        PostMediaFactory(post=PostFactory(author=ana), picture=used, media_url="")
        PictureFactory(user=UserFactory(), created_at=now - dt.timedelta(days=2))

        early = pictures.remove_unused_pictures(now=now)
        with django_capture_on_commit_callbacks(execute=True):
            late = pictures.remove_unused_pictures(now=now + dt.timedelta(hours=25))

        assert (early, late) == (1, 1)
        assert (list(Picture.objects.all()), stored_files()) == ([used], [])
        assert Tombstone.objects.filter(object_id=unused.pk).exists()

    def test_a_file_without_a_row_is_swept_after_a_day(self, api):
        picture, now = uploaded(api), timezone.now()
        uploaded(api)
        Picture.objects.filter(pk=picture.pk).remove()

        early = pictures.remove_orphaned_files(now=now)
        late = pictures.remove_orphaned_files(now=now + dt.timedelta(hours=25))

        assert (early, late, len(stored_files())) == (0, 2, 2)

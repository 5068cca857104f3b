"""Pictures of people: known by content, shrunk, rebuilt, and bounded in what they cost."""

import os
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from PIL import Image, ImageDraw
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.models import SyncClock, User, UserProfile
from users.services import avatars
from users.services.avatars import render_avatar
from users.services.pictures import ImageTooLarge, UnreadableImage

URL = "/api/v1/users/me/avatar/"
ME = "/api/v1/users/me/"
CANARY = b"<script>alert('appended')</script>"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
QUADRANTS = {(64, 64): "red", (192, 64): "lime", (64, 192): "blue", (192, 192): "white"}
pytestmark = pytest.mark.django_db


def quadrants() -> Image.Image:
    image = Image.new("RGB", (256, 256))
    draw = ImageDraw.Draw(image)
    for (x, y), color in QUADRANTS.items():
        draw.rectangle((x - 64, y - 64, x + 63, y + 63), fill=color)
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def upload(client: APIClient, content: bytes, name: str = "me.png"):
    file = SimpleUploadedFile(name, content)
    return client.put(URL, {"avatar": file}, format="multipart")


def middle_of(content: bytes) -> tuple[int, ...]:
    image = Image.open(BytesIO(content)).convert("RGB")
    pixel = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, tuple)
    return pixel


def stored_files() -> list[Path]:
    folder = Path(default_storage.path("avatars"))
    return sorted(folder.iterdir()) if folder.exists() else []


def pictures_of(user: User) -> tuple[str, str]:
    profile = UserProfile.objects.get(user=user)
    return profile.avatar.name or "", profile.avatar_thumbnail.name or ""


def colors(image: Image.Image) -> dict[tuple[int, int], str]:
    """The nearest of the four colors in each quadrant."""
    scale = image.width / 256
    known = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}

    def nearest(pixel) -> str:
        return min(
            known, key=lambda c: sum((a - b) ** 2 for a, b in zip(pixel, known[c], strict=True))
        )

    rgb = image.convert("RGB")
    return {(x, y): nearest(rgb.getpixel((x * scale, y * scale))) for x, y in QUADRANTS}


# --- What is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["me.png", "me.jpg", "me.gif", "me.exe", "me", "../../me.webp"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_known_by_its_content_whatever_its_name(
    api: APIClient, ana: User, kind: str, name: str
):
    response = upload(api, encoded(quadrants(), kind), name)

    assert response.status_code == 200, response.content
    large, small = pictures_of(ana)
    answer = response.json()
    assert answer["avatar_url"] == f"http://testserver/media/{large}"
    assert answer["avatar_thumbnail_url"] == f"http://testserver/media/{small}"
    assert [path.name for path in stored_files()] == sorted([Path(large).name, Path(small).name])


def test_two_squares_are_stored_as_webp(api: APIClient, ana: User):
    upload(api, encoded(quadrants()))

    for name, size in zip(pictures_of(ana), (512, 128), strict=True):
        with Image.open(default_storage.path(name)) as image:
            assert (image.format, image.size) == ("WEBP", (size, size))
            assert colors(image) == QUADRANTS
        assert name.endswith(f"-{size}.webp")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_every_mode_that_a_format_has_is_taken(kind: str, mode: str):
    content = encoded(Image.new(mode, (300, 200)), kind)

    large, small = render_avatar(BytesIO(content))

    assert Image.open(BytesIO(large)).size == (512, 512)
    assert Image.open(BytesIO(small)).size == (128, 128)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (513, 511), (5000, 40)])
def test_every_shape_becomes_a_square(size: tuple[int, int]):
    large, _ = render_avatar(BytesIO(encoded(Image.new("RGB", size, "red"))))

    image = Image.open(BytesIO(large))
    assert image.size == (512, 512)
    red, green, blue = middle_of(large)
    assert (red > 240, green < 15, blue < 15) == (True, True, True)


def test_the_middle_is_what_is_shown():
    image = Image.new("RGB", (4000, 1000), "blue")
    image.paste("red", (1500, 0, 2500, 1000))

    large, _ = render_avatar(BytesIO(encoded(image)))

    found = Image.open(BytesIO(large))
    assert {tuple(v > 128 for v in found.getpixel((x, 256))) for x in (5, 256, 506)} == {
        (True, False, False)
    }


def test_what_transparency_hides_stays_hidden():
    image = Image.new("RGBA", (600, 600), (255, 0, 0, 0))

    large, _ = render_avatar(BytesIO(encoded(image)))

    assert middle_of(large) == (255, 255, 255)


def test_sixteen_bits_of_gray_keep_their_brightness():
    image = Image.frombytes("I;16", (600, 600), (0x8000).to_bytes(2, "little") * 360_000)

    large, _ = render_avatar(BytesIO(encoded(image)))

    assert middle_of(large) == (128, 128, 128)


def test_of_a_moving_picture_the_first_frame_is_taken():
    frames = [Image.new("RGB", (300, 300), color) for color in ("red", "blue")]

    for kind in ("WEBP", "PNG"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        large, _ = render_avatar(BytesIO(content))
        red, _, blue = middle_of(large)
        assert (red > 240, blue < 15) == (True, True)


def test_the_double_picture_of_a_phone_with_two_lenses_is_a_jpeg():
    lenses = [Image.new("RGB", (300, 300), color) for color in ("red", "blue")]
    content = encoded(lenses[0], "MPO", save_all=True, append_images=lenses[1:])

    large, _ = render_avatar(BytesIO(content))

    assert middle_of(large)[0] > 240


# --- What is refused -----------------------------------------------------------------------------

PNG, JPEG, WEBP = (encoded(quadrants(), kind) for kind in ("PNG", "JPEG", "WEBP"))


@pytest.mark.parametrize(
    "content",
    [
        encoded(quadrants(), "GIF"),
        encoded(quadrants(), "BMP"),
        encoded(quadrants(), "TIFF"),
        encoded(quadrants(), "PPM"),
        encoded(quadrants(), "ICO"),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(%pipe%id) (w) file\n",
        b"%PDF-1.7\n1 0 obj\n",
        b"Ana was here.",
        b"\x00" * 4096,
        PNG[: len(PNG) // 2],
        PNG[:8],
        PNG[:40],
        JPEG[: len(JPEG) // 2],
        JPEG[:2],
        WEBP[: len(WEBP) // 2],
        WEBP[:12],
        b"GIF89a" + PNG,
        b"\n" + JPEG,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_such_picture_is_refused_and_the_old_one_stays(
    api: APIClient, ana: User, content: bytes
):
    upload(api, PNG)
    before, files = pictures_of(ana), stored_files()

    response = upload(api, content)

    assert response.status_code == 400, response.content
    [error] = response.json()["errors"]
    assert (error["attr"], error["code"]) == ("avatar", "invalid")
    assert (pictures_of(ana), stored_files()) == (before, files)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"avatar": "text"}, "invalid"),
        ({"avatar": SimpleUploadedFile("me.png", b"")}, "empty"),
        ({"picture": SimpleUploadedFile("me.png", PNG)}, "required"),
    ],
)
def test_a_request_without_a_file_is_refused(api: APIClient, ana: User, body, code: str):
    response = api.put(URL, body, format="multipart")

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["attr"], error["code"]) == ("avatar", code)
    assert pictures_of(ana) == ("", "")


def test_a_file_of_more_than_ten_megabytes_is_refused(api: APIClient, ana: User):
    fits = PNG + b"\x00" * (avatars.MAX_BYTES - len(PNG))

    over, at_the_limit = upload(api, fits + b"\x00"), upload(api, fits)

    assert over.status_code == 400
    [error] = over.json()["errors"]
    assert (error["attr"], error["code"]) == ("avatar", "too_large")
    assert error["detail"] == "The file may have at most 10 MB."
    assert at_the_limit.status_code == 200


def test_a_much_larger_body_is_not_even_read(api: APIClient, ana: User):
    response = upload(api, PNG + b"\x00" * 12 * 1024 * 1024)

    assert response.status_code == 413
    assert pictures_of(ana) == ("", "")


@pytest.mark.parametrize(
    ("size", "mode"),
    [((7000, 7000), "1"), ((7000, 7000), "P"), ((40_000_001, 1), "1")],
)
def test_more_than_forty_megapixels_are_refused_however_small_the_file(
    api: APIClient, ana: User, size: tuple[int, int], mode: str
):
    content = encoded(Image.new(mode, size))

    response = upload(api, content)

    assert len(content) < 200_000
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["attr"], error["code"]) == ("avatar", "too_many_pixels")
    assert error["detail"] == "An image of this kind may have at most 40 megapixels."
    assert (pictures_of(ana), stored_files()) == (("", ""), [])


@pytest.mark.parametrize("side", [9500, 13_500, 65_000])
def test_bombs_that_the_library_knows_are_refused_the_same_way(side: int):
    bomb = bytearray(encoded(Image.new("1", (8, 8))))
    # Only the header says so; the size is checked before anything is decoded.
    bomb[16:24] = side.to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")

    with pytest.raises(ImageTooLarge):
        render_avatar(BytesIO(bytes(bomb)))


def test_forty_megapixels_are_still_taken():
    content = encoded(Image.new("1", (8000, 5000)))

    large, _ = render_avatar(BytesIO(content))

    assert Image.open(BytesIO(large)).size == (512, 512)


@pytest.mark.parametrize(
    ("kind", "options", "size", "most"),
    [
        ("WEBP", {"quality": 1, "method": 0}, (4000, 3001), 12),
        ("JPEG", {"progressive": True, "quality": 1}, (6400, 5001), 32),
    ],
)
def test_kinds_that_take_more_memory_may_have_fewer_pixels(kind, options, size, most):
    content = encoded(Image.new("RGB", size), kind, **options)

    with pytest.raises(ImageTooLarge, match=f"at most {most} megapixels"):
        render_avatar(BytesIO(content))


@pytest.mark.parametrize("content_type", ["application/json", "image/png", "text/plain"])
def test_another_content_type_is_refused(api: APIClient, ana: User, content_type: str):
    response = api.generic("PUT", URL, PNG, content_type=content_type)

    assert response.status_code == 415
    assert pictures_of(ana) == ("", "")


def test_a_form_that_is_broken_is_refused(api: APIClient, ana: User):
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        response = api.generic("PUT", URL, b"--y\r\nnonsense", content_type=content_type)
        assert response.status_code == 400, response.content

    assert pictures_of(ana) == ("", "")


@pytest.mark.parametrize(
    "body",
    [
        {"avatar": SimpleUploadedFile("me.png", PNG), "text": "x" * 2 * 1024 * 1024},
        {"avatar": SimpleUploadedFile("me.png", PNG), **{f"n{n}": "x" for n in range(10_001)}},
        {f"file{n}": SimpleUploadedFile("me.png", b"x") for n in range(200)},
    ],
    ids=["long", "many-fields", "many-files"],
)
def test_a_form_with_too_much_beside_the_picture_is_refused(api: APIClient, ana: User, body):
    response = api.put(URL, body, format="multipart")

    assert response.status_code == 400, response.content
    assert pictures_of(ana) == ("", "")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_whatever_happens_to_a_file_it_is_shown_or_refused_by_name(kind: str):
    rng = Random(f"avatar {kind}")
    whole = encoded(quadrants().resize((64, 64)), kind, exif=camera_exif(orientation=6))
    outcomes = {"shown": 0, "refused": 0}

    for _ in range(400):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        if rng.random() < 0.3:
            del content[rng.randrange(len(content)) :]
        try:
            render_avatar(BytesIO(bytes(content)))
            outcomes["shown"] += 1
        except (UnreadableImage, ImageTooLarge):
            outcomes["refused"] += 1

    assert sum(outcomes.values()) == 400
    assert outcomes["refused"] > 20


# --- What is kept --------------------------------------------------------------------------------


def camera_exif(*, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "CanaryCam"
    exif.get_ifd(GPS)[2] = (48.0, 12.0, 30.0)
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[29] = "CanaryDate"
    return exif


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_of_the_camera_and_nothing_appended_is_kept(api: APIClient, ana: User, kind: str):
    options = {"exif": camera_exif(orientation=1), "icc_profile": b"CanaryProfile" * 20}
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta>CanaryXmp</x:xmpmeta>"
    content = encoded(quadrants(), kind, **options) + CANARY
    assert b"CanaryCam" in content

    response = upload(api, content)

    assert response.status_code == 200
    for path in stored_files():
        stored = path.read_bytes()
        assert not any(word in stored for word in (b"Canary", b"script", b"EXIF", b"ICCP", b"XMP"))
        # RIFF: the size of all that follows, so nothing stands behind it.
        assert int.from_bytes(stored[4:8], "little") + 8 == len(stored)
        with Image.open(path) as image:
            assert dict(image.getexif()) == {}
            assert image.info.keys() <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "as_the_sensor_saw_it"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_a_picture_stands_upright_however_the_phone_was_held(
    kind: str, orientation: int, as_the_sensor_saw_it
):
    image = quadrants()
    if as_the_sensor_saw_it is not None:
        image = image.transpose(as_the_sensor_saw_it)
    content = encoded(image, kind, exif=camera_exif(orientation=orientation))

    for rendered in render_avatar(BytesIO(content)):
        assert colors(Image.open(BytesIO(rendered))) == QUADRANTS


def test_a_large_photo_stands_upright_too():
    image = quadrants().resize((4032, 3024)).transpose(Image.Transpose.ROTATE_90)
    content = encoded(image, "JPEG", exif=camera_exif(orientation=6))

    large, _ = render_avatar(BytesIO(content))

    assert colors(Image.open(BytesIO(large))) == QUADRANTS


def test_the_picture_goes_before_an_address_elsewhere(api: APIClient, ana: User):
    api.patch(ME, {"profile": {"avatar_url": "https://example.com/ana.png"}})

    upload(api, PNG)
    with_picture = api.get(ME).json()["profile"]
    api.delete(URL)
    without = api.get(ME).json()["profile"]

    assert with_picture["avatar_url"].startswith("http://testserver/media/avatars/")
    assert with_picture["avatar_thumbnail_url"].endswith("-128.webp")
    assert (without["avatar_url"], without["avatar_thumbnail_url"]) == (
        "https://example.com/ana.png",
        "",
    )


# --- Replacing and removing ----------------------------------------------------------------------


def test_the_files_of_the_picture_before_go_after_the_commit(
    api: APIClient, ana: User, django_capture_on_commit_callbacks
):
    upload(api, PNG)
    first = {path.name for path in stored_files()}

    with django_capture_on_commit_callbacks() as callbacks:
        upload(api, JPEG)
    before_commit = {path.name for path in stored_files()}
    for callback in callbacks:
        callback()

    after = {path.name for path in stored_files()}
    assert first < before_commit
    assert after == before_commit - first
    assert after == {Path(name).name for name in pictures_of(ana)}


def test_a_picture_that_cannot_be_noted_down_leaves_no_file(
    api: APIClient, ana: User, monkeypatch
):
    upload(api, PNG)
    before, files = pictures_of(ana), stored_files()

    def fail(self, **kwargs) -> None:
        raise DatabaseError

    monkeypatch.setattr(UserProfile, "save", fail)
    with pytest.raises(DatabaseError):
        avatars.set_avatar(user_id=ana.pk, upload=BytesIO(JPEG), size_bytes=len(JPEG))

    assert (pictures_of(ana), stored_files()) == (before, files)


def test_the_picture_is_removed_with_its_files(
    api: APIClient, ana: User, django_capture_on_commit_callbacks
):
    upload(api, PNG)

    with django_capture_on_commit_callbacks(execute=True):
        response = api.delete(URL)

    assert response.status_code == 204
    assert (pictures_of(ana), stored_files()) == (("", ""), [])


def test_removing_twice_is_the_same_as_once(api: APIClient):
    assert [api.delete(URL).status_code for _ in range(2)] == [204, 204]


def test_a_new_picture_is_a_change_that_phones_hear_of(api: APIClient, ana: User):
    upload(api, PNG)

    clock = SyncClock.objects.get(user=ana)
    assert UserProfile.objects.get(user=ana).revision == clock.revision


def test_a_missing_profile_is_healed(api: APIClient, ana: User):
    UserProfile.objects.filter(user=ana).delete()

    response = upload(api, PNG)

    assert response.status_code == 200
    assert response.json()["display_name"] == "ana"
    assert all(pictures_of(ana))


@pytest.mark.django_db(transaction=True)
def test_of_several_uploads_at_once_one_picture_remains():
    ana = UserFactory(username="ana")
    clients = [client_of(ana) for _ in range(4)]

    codes = at_once(4, lambda n: upload(clients[n], PNG).status_code)

    assert codes == [200] * 4
    assert sorted(path.name for path in stored_files()) == sorted(
        Path(name).name for name in pictures_of(ana)
    )


# --- Whose ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "delete"])
def test_without_a_token_there_is_nobody(anonymous: APIClient, ana: User, method: str):
    response = getattr(anonymous, method)(URL)

    assert response.status_code == 401
    assert pictures_of(ana) == ("", "")


def test_a_strangers_picture_is_theirs(api: APIClient, bens_api: APIClient, ana: User, ben: User):
    upload(api, PNG)
    before = pictures_of(ana)

    upload(bens_api, JPEG)
    replaced = pictures_of(ben)
    bens_api.delete(URL)

    assert all(replaced)
    assert not set(replaced) & set(before)
    assert pictures_of(ana) == before
    assert pictures_of(ben) == ("", "")


def test_an_upload_costs_a_constant_number_of_queries(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    # Whose token it is, two marks around the transaction, its clock and the profile; for the
    # profile's update the clock once more and two marks.
    with django_assert_num_queries(9):
        upload(api, PNG)


# --- What it costs -------------------------------------------------------------------------------

MEASURE = """
import re, sys, time
# Of an extra, which the client of Redis loads wherever it is installed.
sys.modules["opentelemetry"] = None
import django
django.setup()
from users.services.avatars import render_avatar
started = time.process_time()
with open(sys.argv[1], "rb") as upload:
    large, small = render_avatar(upload)
seconds = time.process_time() - started
# Of this program alone; getrusage() would count the peak of the one that started it.
peak_kib = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(seconds, peak_kib // 1024)
"""


def gradient(mode: str, size: tuple[int, int]) -> Image.Image:
    # Lines of noise: no two rows alike, and yet quickly made.
    image = Image.effect_noise((64, 64), 80).resize(size, Image.Resampling.NEAREST)
    return image.convert(mode)


@pytest.mark.parametrize(
    ("kind", "mode", "size", "options"),
    [
        ("PNG", "RGB", (6300, 6200), {"compress_level": 1}),
        ("PNG", "RGBA", (6300, 6200), {"compress_level": 1}),
        ("JPEG", "RGB", (8000, 5000), {"quality": 50}),
        ("JPEG", "RGB", (6400, 5000), {"quality": 30, "progressive": True, "subsampling": 0}),
        ("WEBP", "RGB", (4000, 3000), {"lossless": True, "quality": 0, "method": 0}),
    ],
    ids=["png", "png-alpha", "jpeg", "jpeg-progressive", "webp"],
)
def test_the_largest_pictures_stay_below_300_mib_and_three_seconds(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], options
):
    picture = tmp_path / "picture"
    gradient(mode, size).save(picture, kind, **options)
    assert picture.stat().st_size <= avatars.MAX_BYTES

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(picture)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )

    seconds, peak_mib = map(float, done.stdout.split())
    assert peak_mib < 300
    assert seconds < 3

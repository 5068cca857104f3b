"""Photos of food as phones send them, and recognizers whose answer is known."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from nutrition.models import FoodCandidate, FoodImage
from nutrition.recognition import Guess, Recognition
from nutrition.services import recognition, recognizers
from nutrition.services.images import add_image
from tests.factories.nutrition import FoodFactory
from users.models import User
from users.services import jobs

# What runs the jobs; importing it registers it.
__runners__ = (recognition,)

URL = "/api/v1/food-images/"
LABEL = "nutrition.FoodImage"
APPLE = Guess("apple", 0.9)
PEAR = Guess("pear", 0.1)


def use_a_folder_of_the_test(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The fields took their storage when the models were loaded."""
    storage = FileSystemStorage(location=folder / "private")
    for name in ("image", "thumbnail"):
        monkeypatch.setattr(FoodImage._meta.get_field(name), "storage", storage)


def stored_files() -> list[str]:
    storage = FoodImage._meta.get_field("image").storage
    if not storage.exists("food-images"):
        return []
    return sorted(f"food-images/{name}" for name in storage.listdir("food-images")[1])


def photo(color: str = "red", size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    target = BytesIO()
    Image.new("RGB", size, color).save(target, kind)
    return target.getvalue()


def upload(client: Any, content: bytes, key: str = "", name: str = "lunch.jpg", **fields: Any):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    file = SimpleUploadedFile(name, content)
    return client.post(URL, {"image": file, **fields}, format="multipart", **headers)


def detail(image: Any, action: str = "") -> str:
    return f"{URL}{getattr(image, 'pk', image)}/{action}"


def errors_of(response: Any) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def photographed(user: User, content: bytes | None = None) -> FoodImage:
    """A photo as it is stored: waiting, where a recognizer is set up."""
    file = SimpleUploadedFile("lunch.png", photo() if content is None else content)
    return add_image(user_id=user.pk, upload=file)[0]


def looked_at_by_a_recognizer(user: User) -> FoodImage:
    """A photo with three candidates, the last of which is no food that we know."""
    image = photographed(user)
    foods = [FoodFactory(name="Apple"), FoodFactory(name="Pear", serving_size=50.0)]
    for rank, (label, food, amount) in enumerate(
        [("apple", foods[0], 150.0), ("pear", foods[1], None), ("ufo", None, None)], start=1
    ):
        candidate = {"label": label, "confidence": 1 / (rank + 1), "amount": amount}
        FoodCandidate.objects.create(user=user, image=image, rank=rank, food=food, **candidate)
    FoodImage.objects.update(ai_processed=True, ai_confidence=0.5, recognizer="known-1")
    image.refresh_from_db()
    return image


def run(image: FoodImage) -> FoodImage:
    jobs.run(label=LABEL, job_id=image.pk)
    image.refresh_from_db()
    return image


class Known:
    """A recognizer that sees what it is told to, and does something else meanwhile."""

    def __init__(self, *guesses: Guess, meanwhile: Callable[[], Any] = lambda: None) -> None:
        self.guesses = guesses
        self.meanwhile = meanwhile
        self.photos: list[bytes] = []

    def recognize(self, photo: bytes) -> Recognition:
        self.photos.append(photo)
        self.meanwhile()
        return Recognition(model="known-1", guesses=self.guesses)


def set_up(monkeypatch: pytest.MonkeyPatch, settings: Any, known: Known) -> Known:
    settings.FOOD_RECOGNIZER = "vision"
    monkeypatch.setattr(recognizers, "recognizer", lambda: known)
    return known

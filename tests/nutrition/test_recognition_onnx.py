"""Classifying photos by a model file: real inference, by small models that the tests build."""

import json
import math
import os
import runpy
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from nutrition.models import FoodImage
from nutrition.recognition import Guess, RecognitionFailed
from nutrition.recognition.onnx import Normalization, OnnxRecognizer, probabilities, read_labels
from nutrition.services import recognizers
from tests.factories.nutrition import FoodFactory, PortionFactory
from tests.nutrition.photographed import (
    detail,
    photo,
    run,
    stored_files,
    upload,
    use_a_folder_of_the_test,
)

CHECKOUT = Path(__file__).resolve().parents[2]
SETTINGS = CHECKOUT / "config" / "settings.py"
LABELS = ["red_apple", "green_apple", "blueberry"]
AS_IT_IS = Normalization(mean=(0, 0, 0), std=(1, 1, 1))
IMAGENET = Normalization(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
# How sure the small models are of a color.
SHARPNESS = 4.0
SIDE = 8


def classifier(
    file: Path,
    *,
    shape: tuple[object, ...] = (1, 3, SIDE, SIDE),
    outputs: int = 3,
    kind: int = TensorProto.FLOAT,
    answer: str = "logits",
) -> Path:
    """How much of each color a picture has on average: its logits, or the softmax of them."""
    is_last = shape[-1] == 3
    channels = 3 if 3 in shape else 4
    weights = np.eye(channels, outputs, dtype=np.float32) * SHARPNESS
    nodes = [
        helper.make_node("Cast", ["photo"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["floats"], ["planes"], perm=[0, 3, 1, 2])
        if is_last
        else helper.make_node("Identity", ["floats"], ["planes"]),
        helper.make_node("GlobalAveragePool", ["planes"], ["means"]),
        helper.make_node("Flatten", ["means"], ["colors"]),
        helper.make_node("MatMul", ["colors", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["softmax"]),
        # Of a picture without negative values: the root of what is below 0 is no number.
        helper.make_node("Neg", ["logits"], ["negative"]),
        helper.make_node("Sqrt", ["negative"], ["nan"]),
    ]
    graph = helper.make_graph(
        nodes,
        "colors",
        [helper.make_tensor_value_info("photo", kind, shape)],
        [helper.make_tensor_value_info(answer, TensorProto.FLOAT, (1, outputs))],
        [numpy_helper.from_array(weights, "weights")],
    )
    return saved(graph, file)


def saved(graph: onnx.GraphProto, file: Path) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    onnx.save(model, file)
    return file


def of_any_size(file: Path, node: onnx.NodeProto, shape: tuple[object, ...], *more) -> Path:
    """A model of one step, whose answer depends on the size of its picture."""
    photo = helper.make_tensor_value_info("photo", TensorProto.FLOAT, (1, 3, "h", "w"))
    result = helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)
    return saved(helper.make_graph([node], "any", [photo], [result], list(more)), file)


@pytest.fixture
def files(tmp_path) -> tuple[Path, Path]:
    labels = tmp_path / "colors.txt"
    labels.write_text("\n".join(LABELS) + "\n")
    return classifier(tmp_path / "colors.onnx"), labels


def recognizer(
    model: Path, labels: Path, *, normalization: Normalization = AS_IT_IS
) -> OnnxRecognizer:
    return OnnxRecognizer(model=model, labels=labels, normalization=normalization)


def softmax(*logits: float) -> list[float]:
    powers = [math.exp(value) for value in logits]
    return [power / sum(powers) for power in powers]


# --- What it sees --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    [
        (1, 3, SIDE, SIDE),
        (1, SIDE, SIDE, 3),
        ("batch", 3, SIDE, 2 * SIDE),
        ("batch", "height", "width", 3),
        (1, 3, "height", "width"),
    ],
)
@pytest.mark.parametrize(
    ("color", "label"), [("red", "red apple"), ("lime", "green apple"), ("blue", "blueberry")]
)
def test_it_tells_red_from_green_from_blue(tmp_path, files, shape, color, label):
    model = classifier(tmp_path / "colors.onnx", shape=shape)

    found = recognizer(model, files[1], normalization=IMAGENET).recognize(photo(color))

    assert found.model == "colors"
    assert found.guesses[0].label == label
    assert found.guesses[0].confidence > 0.99


def test_logits_become_probabilities(files):
    found = recognizer(*files).recognize(photo("red"))

    first, second, third = softmax(SHARPNESS, 0, 0)
    assert found.guesses == (
        Guess("red apple", pytest.approx(first)),
        Guess("green apple", pytest.approx(second)),
        Guess("blueberry", pytest.approx(third)),
    )


def test_probabilities_stay_what_they_are(tmp_path, files):
    model = classifier(tmp_path / "sure.onnx", answer="softmax")

    found = recognizer(model, files[1]).recognize(photo("red"))

    confidences = [guess.confidence for guess in found.guesses]
    assert confidences == pytest.approx(softmax(SHARPNESS, 0, 0))


def test_colors_are_normalized_as_in_training(files):
    normalization = Normalization(mean=(0.5, 0.25, 0.0), std=(0.5, 0.25, 1.0))

    found = recognizer(*files, normalization=normalization).recognize(photo("black"))

    # -1, -1 and 0, each times the sharpness.
    blue, other, _ = softmax(0, -SHARPNESS, -SHARPNESS)
    by_label = {guess.label: guess.confidence for guess in found.guesses}
    assert by_label["blueberry"] == pytest.approx(blue)
    assert by_label["red apple"] == pytest.approx(other)


def test_the_middle_of_a_picture_is_looked_at(files):
    plate = Image.new("RGB", (320, 160), "blue")
    plate.paste("red", (80, 0, 240, 160))
    content = _png(plate)

    found = recognizer(*files).recognize(content)

    assert found.guesses[0] == Guess("red apple", pytest.approx(softmax(SHARPNESS, 0, 0)[0]))


def test_of_what_is_unlikely_nothing_is_said(files):
    sure = Normalization(mean=(0, 0, 0), std=(0.1, 0.1, 0.1))

    found = recognizer(*files, normalization=sure).recognize(photo("red"))

    assert [guess.label for guess in found.guesses] == ["red apple"]


def test_at_most_five_are_named(tmp_path):
    labels = tmp_path / "many.json"
    labels.write_text(json.dumps([f"food {number}" for number in range(12)]))
    model = classifier(tmp_path / "many.onnx", outputs=12)

    found = recognizer(model, labels).recognize(photo("black"))

    assert [guess.label for guess in found.guesses] == [f"food {number}" for number in range(5)]
    assert sum(guess.confidence for guess in found.guesses) == pytest.approx(5 / 12)


@given(
    arrays.arrays(
        np.float32,
        st.integers(1, 20),
        elements=st.floats(-1e6, 1e6, width=32, allow_nan=False),
    )
)
def test_confidences_are_shares_of_one(answer):
    found = probabilities(answer)

    assert all(0 <= confidence <= 1 for confidence in found)
    assert sum(found) == pytest.approx(1, abs=0.02)
    assert answer[found.index(max(found))] == pytest.approx(answer.max(), rel=1e-3, abs=1e-3)


# --- Labels --------------------------------------------------------------------------------------


def test_labels_are_lines_or_a_list(tmp_path):
    lines, listed = tmp_path / "labels.txt", tmp_path / "labels.json"
    lines.write_text("apple_pie\n  crème brûlée \n", encoding="utf-8")
    listed.write_text('["apple_pie", "crème brûlée"]', encoding="utf-8")

    assert read_labels(lines) == read_labels(listed) == ["apple pie", "crème brûlée"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("labels.txt", b"", "are not a list of names"),
        ("labels.txt", b"apple\n\npear\n", "are not a list of names"),
        ("labels.txt", b"\xff\xfe\x00", "cannot be read"),
        ("labels.json", b"{", "cannot be read"),
        ("labels.json", b'{"0": "apple"}', "are not a list of names"),
        ("labels.json", b'["apple", 5]', "are not a list of names"),
        ("labels.json", b"5", "are not a list of names"),
    ],
)
def test_labels_that_are_none_are_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(RecognitionFailed, match=message):
        read_labels(tmp_path / name)


@pytest.mark.parametrize("outputs", [1, 2, 4])
def test_labels_must_fit_the_model(tmp_path, files, outputs):
    model = classifier(tmp_path / "other.onnx", outputs=outputs)

    with pytest.raises(RecognitionFailed, match="labels do not fit its model"):
        recognizer(model, files[1])


def test_labels_of_a_model_that_tells_its_size_late_must_fit_its_answer(tmp_path, files):
    node = helper.make_node("Flatten", ["photo"], ["logits"])
    model = of_any_size(tmp_path / "late.onnx", node, (1, "values"))
    late = recognizer(model, files[1])

    with pytest.raises(RecognitionFailed, match="labels do not fit its model"):
        late.recognize(photo())


# --- Models that are none ------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, b"", b"no model", b"\x08\x07" * 500])
def test_a_file_that_is_no_model_is_refused(tmp_path, files, content):
    model = tmp_path / "none.onnx"
    if content is not None:
        model.write_bytes(content)

    with pytest.raises(RecognitionFailed, match="model cannot be loaded"):
        recognizer(model, files[1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shape": (1, 4, SIDE, SIDE)}, "does not take three colors"),
        ({"shape": (2, 3, SIDE, SIDE)}, "does not take one picture"),
        ({"shape": (1, 3, SIDE)}, "does not take one picture"),
        ({"kind": TensorProto.UINT8}, "does not take one picture of float32"),
        ({"kind": TensorProto.FLOAT16}, "does not take one picture of float32"),
    ],
)
def test_a_model_that_takes_something_else_is_refused(tmp_path, files, changes, message):
    model = tmp_path / "other.onnx"
    classifier(model, **changes)

    with pytest.raises(RecognitionFailed, match=message):
        recognizer(model, files[1])


def test_an_answer_that_is_no_number_is_a_failure(tmp_path, files):
    model = classifier(tmp_path / "nan.onnx", answer="nan")

    with pytest.raises(RecognitionFailed, match="answer is not a number"):
        recognizer(model, files[1]).recognize(photo("white"))


def test_a_model_that_breaks_on_a_photo_is_a_failure(tmp_path, files):
    # It says that it takes any size, and means another one.
    size = numpy_helper.from_array(np.array([1, 3], dtype=np.int64), "size")
    node = helper.make_node("Reshape", ["photo", "size"], ["logits"])
    broken = recognizer(of_any_size(tmp_path / "any.onnx", node, (1, 3), size), files[1])

    with pytest.raises(RecognitionFailed, match=r"^The recognizer failed on this photo\.$"):
        broken.recognize(photo())


# --- Settings ------------------------------------------------------------------------------------


@pytest.fixture
def configured(settings, files):
    settings.FOOD_RECOGNIZER = "onnx"
    settings.FOOD_ONNX_MODEL, settings.FOOD_ONNX_LABELS = map(str, files)
    recognizers._loaded.cache_clear()
    yield settings
    recognizers._loaded.cache_clear()


def test_a_model_is_loaded_once_per_process(configured, files):
    first = recognizers.recognizer()
    files[0].unlink()

    again = recognizers.recognizer()

    assert first is again
    assert again.recognize(photo("lime")).guesses[0].label == "green apple"


def test_a_model_that_cannot_be_loaded_is_tried_again_later(configured, files):
    content = files[0].read_bytes()
    files[0].unlink()

    with pytest.raises(RecognitionFailed, match="model cannot be loaded"):
        recognizers.recognizer()
    files[0].write_bytes(content)

    assert recognizers.recognizer().recognize(photo()).guesses[0].label == "red apple"


def test_without_onnxruntime_it_is_said_what_to_install(configured, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, "nutrition.recognition.onnx")
    monkeypatch.delattr("nutrition.recognition.onnx")

    with pytest.raises(RecognitionFailed) as raised:
        recognizers.recognizer()

    assert str(raised.value) == "The recognizer needs onnxruntime: install requirements-onnx.txt."


def test_whoever_uses_no_model_file_needs_no_onnxruntime():
    program = (
        "import sys, django; django.setup(); import nutrition.tasks, nutrition.api.urls;"
        "print(sorted({'numpy', 'onnxruntime'} & sys.modules.keys()))"
    )

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )

    assert done.stdout == "[]\n"


def test_the_settings_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("FOOD_RECOGNIZER", "onnx")
    monkeypatch.setenv("FOOD_ONNX_MODEL", "/srv/food.onnx")
    monkeypatch.setenv("FOOD_ONNX_LABELS", "/srv/food.txt")
    monkeypatch.setenv("FOOD_ONNX_MEAN", "0.5, 0.5, 0.5")

    read = runpy.run_path(str(SETTINGS))

    assert (read["FOOD_RECOGNIZER"], read["FOOD_ONNX_MODEL"], read["FOOD_ONNX_LABELS"]) == (
        "onnx",
        "/srv/food.onnx",
        "/srv/food.txt",
    )
    assert read["FOOD_ONNX_MEAN"] == (0.5, 0.5, 0.5)
    assert read["FOOD_ONNX_STD"] == (0.229, 0.224, 0.225)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"FOOD_RECOGNIZER": "magic"}, "FOOD_RECOGNIZER must be onnx, vision or empty."),
        ({"FOOD_RECOGNIZER": "onnx"}, "needs FOOD_ONNX_MODEL and FOOD_ONNX_LABELS"),
        ({"FOOD_RECOGNIZER": "onnx", "FOOD_ONNX_MODEL": "/m"}, "needs FOOD_ONNX_MODEL"),
        ({"FOOD_ONNX_MEAN": "gray"}, "FOOD_ONNX_MEAN must be numbers"),
        ({"FOOD_ONNX_MEAN": "0.5"}, "FOOD_ONNX_MEAN must be three numbers"),
        ({"FOOD_ONNX_MEAN": "nan,0,0"}, "FOOD_ONNX_MEAN must be three numbers"),
        ({"FOOD_ONNX_STD": "1,0,1"}, "FOOD_ONNX_STD must be above 0"),
    ],
)
def test_a_setting_that_cannot_work_stops_the_program(monkeypatch, environment, message):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=message):
        runpy.run_path(str(SETTINGS))


# --- From a photo to its candidates --------------------------------------------------------------


@pytest.mark.django_db
def test_a_photo_is_uploaded_classified_and_confirmed(configured, api, monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)
    apple = FoodFactory(name="Green apple")
    PortionFactory(food=apple, name="1 small", amount=150.0)

    uploaded = upload(api, photo("lime", size=(900, 600), kind="JPEG"))
    image = run(FoodImage.objects.get())
    answer = api.get(detail(image)).json()
    confirmed = api.post(detail(image, "confirm/"), {"rank": 1, "meal_type": "snack"})

    assert (uploaded.status_code, image.status, image.recognizer) == (202, "done", "colors")
    assert image.ai_confidence == pytest.approx(answer["candidates"][0]["confidence"])
    first = answer["candidates"][0]
    assert (first["label"], first["food"]["id"]) == ("green apple", str(apple.pk))
    # A classifier says nothing of amounts: the usual portion is what it is taken for.
    assert (first["amount"], first["unit"]) == (150, "g")
    assert confirmed.json()["entry"]["calories"] == 150


@pytest.mark.django_db
def test_a_broken_set_up_fails_the_job_and_keeps_the_photo(
    configured, api, files, monkeypatch, tmp_path
):
    use_a_folder_of_the_test(monkeypatch, tmp_path)
    files[0].write_bytes(b"no model")
    upload(api, photo())

    image = run(FoodImage.objects.get())

    assert (image.status, image.error) == ("failed", "The recognizer's model cannot be loaded.")
    assert len(stored_files()) == 2


def _png(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()

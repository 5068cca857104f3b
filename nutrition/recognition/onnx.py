"""Classifies a photo by a model file, on this machine.

Needs requirements-onnx.txt: whoever imports this does so only where it is wanted.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image, ImageOps

from nutrition.recognition import LONGEST_LABEL, Guess, Recognition, RecognitionFailed, likeliest

Numbers = NDArray[np.float32]

CHANNELS: Final = 3
NUMBERS: Final = ("tensor(float)", "tensor(float16)", "tensor(double)")
# Of models that take pictures of any size.
USUAL_SIDE_PX: Final = 224
# Models are judged on the middle of a picture, 7/8 of its sides; so this comes off each of them.
BORDER: Final = 1 / 16
LEAST_CONFIDENCE: Final = 0.01
_SUM_TOLERANCE: Final = 0.01
_PICTURE_AXES: Final = 4


@dataclass(frozen=True)
class Normalization:
    """What the model's training took from each of red, green and blue, and divided it by."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


class OnnxRecognizer:
    """A classifier of pictures, loaded once. Safe to use from several threads."""

    def __init__(self, *, model: Path, labels: Path, normalization: Normalization) -> None:
        """Raises RecognitionFailed for files that are none, or do not fit each other."""
        self._labels = read_labels(labels)
        self._normalization = normalization
        self._session = _session(model)
        self._name = model.stem[:LONGEST_LABEL]
        self._input, self._axes = _checked_input(self._session)
        _check_output(self._session, len(self._labels))

    def recognize(self, photo: bytes) -> Recognition:
        pixels = self._pixels(photo)
        try:
            answer = self._session.run(None, {self._input: pixels})[0]
        # The library's errors share no base of their own.
        except Exception as error:
            raise RecognitionFailed("The recognizer failed on this photo.") from error
        confidences = probabilities(answer.reshape(-1))
        if len(confidences) != len(self._labels):
            raise RecognitionFailed("The recognizer's labels do not fit its model.")
        guesses = likeliest([Guess(*pair) for pair in zip(self._labels, confidences, strict=True)])
        first, *others = guesses
        likely = [guess for guess in others if guess.confidence >= LEAST_CONFIDENCE]
        return Recognition(model=self._name, guesses=(first, *likely))

    def _pixels(self, photo: bytes) -> Numbers:
        with Image.open(BytesIO(photo)) as image:
            fitted = ImageOps.fit(
                image.convert("RGB"),
                (self._axes.width, self._axes.height),
                Image.Resampling.BILINEAR,
                bleed=BORDER,
            )
        values = np.asarray(fitted, dtype=np.float32) / 255
        mean = np.asarray(self._normalization.mean, dtype=np.float32)
        std = np.asarray(self._normalization.std, dtype=np.float32)
        normalized = (values - mean) / std
        if self._axes.channels_first:
            normalized = normalized.transpose(2, 0, 1)
        return np.ascontiguousarray(normalized[np.newaxis])


@dataclass(frozen=True)
class _Axes:
    """How a model wants its picture."""

    height: int
    width: int
    channels_first: bool


def read_labels(path: Path) -> list[str]:
    """One label a line, or a list of them in JSON; as words, where they are joined by _."""
    try:
        text = path.read_text(encoding="utf-8")
        labels = json.loads(text) if path.suffix == ".json" else text.splitlines()
    except (OSError, ValueError, RecursionError) as error:
        raise RecognitionFailed("The recognizer's labels cannot be read.") from error
    is_list = isinstance(labels, list) and all(isinstance(label, str) for label in labels)
    cleaned = [_words(label) for label in labels] if is_list else []
    if not cleaned or not all(cleaned):
        raise RecognitionFailed("The recognizer's labels are not a list of names.")
    return cleaned


def probabilities(answer: Numbers) -> list[float]:
    """The model's answer, if it is one, or the softmax of it.

    Raises RecognitionFailed for what is no number.
    """
    values = np.asarray(answer, dtype=np.float64)
    if not values.size or not np.isfinite(values).all():
        raise RecognitionFailed("The recognizer's answer is not a number.")
    if values.min() < 0 or abs(values.sum() - 1) > _SUM_TOLERANCE:
        powers = np.exp(values - values.max())
        values = powers / powers.sum()
    return [min(float(value), 1.0) for value in values]


def _words(label: str) -> str:
    return " ".join(label.replace("_", " ").split())[:LONGEST_LABEL]


def _session(model: Path) -> Any:
    options = onnxruntime.SessionOptions()
    # The other workers want their cores too.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
    # The library's errors share no base of their own.
    except Exception as error:
        raise RecognitionFailed("The recognizer's model cannot be loaded.") from error


def _checked_input(session: Any) -> tuple[str, _Axes]:
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)":
        raise RecognitionFailed("The recognizer's model does not take one picture of float32.")
    return inputs[0].name, _axes_of(inputs[0].shape)


def _axes_of(shape: Sequence[Any]) -> _Axes:
    """Of a shape like [1, 3, 224, 224] or [None, 224, 224, 3]; what is no number may be any."""
    if len(shape) != _PICTURE_AXES or (isinstance(shape[0], int) and shape[0] != 1):
        raise RecognitionFailed("The recognizer's model does not take one picture.")
    channels_first = shape[1] == CHANNELS
    if not channels_first and shape[3] != CHANNELS:
        raise RecognitionFailed("The recognizer's model does not take three colors.")
    sides = shape[2:] if channels_first else shape[1:3]
    height, width = (side if isinstance(side, int) else USUAL_SIDE_PX for side in sides)
    return _Axes(height=height, width=width, channels_first=channels_first)


def _check_output(session: Any, labels: int) -> None:
    output = session.get_outputs()[0]
    if output.type not in NUMBERS:
        raise RecognitionFailed("The recognizer's model does not answer numbers.")
    values = 1
    for side in output.shape:
        if not isinstance(side, int):
            # Known only once it has answered.
            return
        values *= side
    if values != labels:
        raise RecognitionFailed("The recognizer's labels do not fit its model.")

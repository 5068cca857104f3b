"""The recognizer that the settings name, if any."""

from functools import cache
from pathlib import Path

from django.conf import settings

from nutrition.recognition import RecognitionFailed, Recognizer
from nutrition.recognition.vision import VisionRecognizer
from users.services import language_model


def recognizer() -> Recognizer:
    """Raises RecognitionFailed where none is set up, or what is set up does not work."""
    match settings.FOOD_RECOGNIZER:
        case "onnx":
            return _loaded(
                Path(settings.FOOD_ONNX_MODEL),
                Path(settings.FOOD_ONNX_LABELS),
                settings.FOOD_ONNX_MEAN,
                settings.FOOD_ONNX_STD,
            )
        case "vision":
            model = settings.FOOD_VISION_MODEL
            return VisionRecognizer(
                model=model,
                ask=lambda messages, schema: language_model.complete(
                    messages=messages, schema=schema, model=model
                ),
            )
    raise RecognitionFailed("No recognizer is set up.")


@cache
def _loaded(
    model: Path, labels: Path, mean: tuple[float, ...], std: tuple[float, ...]
) -> Recognizer:
    """Once per process: a model is many megabytes."""
    try:
        from nutrition.recognition import onnx  # noqa: PLC0415 - needs an extra
    except ImportError as error:
        raise RecognitionFailed(
            "The recognizer needs onnxruntime: install requirements-onnx.txt."
        ) from error
    return onnx.OnnxRecognizer(
        model=model, labels=labels, normalization=onnx.Normalization(mean=mean, std=std)
    )

"""The shape of what phones send. What an item means, and whether that can be, is read later."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from users.api.fields import FiniteFloatField, IdField, RowsField

MOST_ITEMS: Final = 5000
MOST_SAMPLES: Final = 20_000
_LISTS: Final = ("records", "sleep", "workouts", "days", "deleted")
_MOST_TEXT: Final = 200
AnyField = serializers.Field[Any, Any, Any, Any]
_START = "ISO 8601; with its own offset, or see `zoneOffset`."
_ID: Final = "The store's own; the same item again has the same one."
_OFFSET: Final = "Of the clock where it was recorded, or in seconds; else of your profile's zone."


class PushSourceSerializer(serializers.Serializer[Any]):
    """What recorded it. All of it may be left out; what has no source is the store's own total."""

    name = serializers.CharField(required=False, help_text="As the store shows it.")
    bundleIdentifier = serializers.CharField(  # noqa: N815 - the store's name
        required=False, help_text="Of the app that wrote it, or its package."
    )
    appId = serializers.CharField(required=False, help_text="The same.")  # noqa: N815 - as above
    deviceType = serializers.CharField(  # noqa: N815 - as above
        required=False, help_text="watch, phone, ring, band, chest_strap or scale."
    )
    deviceModel = serializers.CharField(  # noqa: N815 - as above
        required=False, help_text="Such as Watch6,12."
    )
    recordingMethod = serializers.CharField(  # noqa: N815 - as above
        required=False, help_text="manual where somebody typed it."
    )


class _ScalarField(AnyField):
    """Text, or a whole number."""

    default_error_messages = {"invalid": "Send text or a whole number."}

    def to_internal_value(self, data: Any) -> str | int:
        if isinstance(data, bool) or not isinstance(data, str | int) or len(str(data)) > 60:  # noqa: PLR2004 - none is longer
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": ["string", "integer"], "examples": ["+02:00", 7200]})
class _OffsetField(_ScalarField):
    pass


@extend_schema_field({"type": ["string", "integer"], "examples": ["asleepCore", 3]})
class _StageField(_ScalarField):
    pass


@extend_schema_field(PushSourceSerializer)
class _SourceField(AnyField):
    """An object of short texts. Checked by hand: every item has one."""

    default_error_messages = {
        "invalid": "Expected an object.",
        "text": "Send text of at most 200 characters.",
    }

    def to_internal_value(self, data: Any) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        for name, value in data.items():
            if value is None or (isinstance(value, int) and not isinstance(value, bool)):
                continue
            if not isinstance(value, str) or len(value) > _MOST_TEXT:
                detail = ErrorDetail(str(self.error_messages["text"]), code="invalid")
                raise ValidationError({str(name): [detail]})
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class _ObjectsField(AnyField):
    """A list of objects, which are read later."""

    default_error_messages = {"invalid": "Expected a list of objects."}

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class PushSampleSerializer(serializers.Serializer[Any]):
    time = serializers.CharField(help_text=_START)
    beatsPerMinute = serializers.FloatField(help_text="bpm")  # noqa: N815 - the store's name


class PushStageSerializer(serializers.Serializer[Any]):
    startDate = serializers.CharField(help_text=_START)  # noqa: N815 - the store's name
    endDate = serializers.CharField(help_text=_START)  # noqa: N815 - the store's name
    stage = serializers.CharField(help_text="As in `sleep`.")


@extend_schema_field(PushSampleSerializer(many=True))
class _SamplesField(_ObjectsField):
    pass


@extend_schema_field(PushStageSerializer(many=True))
class _StagesField(_ObjectsField):
    pass


class _ItemSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=_MOST_TEXT, help_text=_ID)
    startDate = serializers.CharField(max_length=60, help_text=_START)  # noqa: N815 - as above
    zoneOffset = _OffsetField(  # noqa: N815 - the store's name
        required=False, allow_null=True, help_text=_OFFSET
    )
    source = _SourceField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="What recorded it."
    )


class PushRecordSerializer(_ItemSerializer):
    """A quantity of HealthKit or a record of Health Connect."""

    type = serializers.CharField(
        max_length=100,
        help_text=(
            "HKQuantityTypeIdentifier… StepCount, DistanceWalkingRunning, ActiveEnergyBurned, "
            "BasalEnergyBurned, AppleExerciseTime, FlightsClimbed, RestingHeartRate, HeartRate, "
            "HeartRateVariabilitySDNN or RespiratoryRate; or StepsRecord, DistanceRecord, "
            "ActiveCaloriesBurnedRecord, TotalCaloriesBurnedRecord, FloorsClimbedRecord, "
            "RestingHeartRateRecord, HeartRateRecord, HeartRateVariabilityRmssdRecord or "
            "RespiratoryRateRecord."
        ),
    )
    endDate = serializers.CharField(  # noqa: N815 - the store's name
        max_length=60, required=False, allow_null=True, help_text="Of an interval."
    )
    value = FiniteFloatField(required=False, allow_null=True, help_text="In `unit`.")
    unit = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text=(
            "count; km, m, mi, yd or ft; kcal, Cal, kJ, cal or J; min, s or h; count/min; ms. "
            "Records of Health Connect are in m and kcal without one."
        ),
    )
    samples = _SamplesField(
        required=False,
        allow_null=True,
        help_text="Of a HeartRateRecord, in place of `value`; at most 20,000 in a batch.",
    )


class PushSleepSerializer(_ItemSerializer):
    """One stage with its `stage`, or a whole sleep with its `stages`."""

    endDate = serializers.CharField(  # noqa: N815 - as above
        max_length=60, help_text=f"{_START} A sleep has at most 36 h."
    )
    stage = _StageField(
        required=False,
        allow_null=True,
        help_text=(
            "in_bed, asleep, awake, light (core), deep or rem, as the store spells or numbers it."
        ),
    )
    stages = _StagesField(
        required=False, allow_null=True, help_text="Of a whole sleep; none: slept through."
    )


class PushWorkoutSerializer(_ItemSerializer):
    """A workout. Its heart rates are `records`."""

    type = serializers.CharField(
        max_length=100, help_text="Such as HKWorkoutActivityTypeRunning or EXERCISE_TYPE_RUNNING."
    )
    endDate = serializers.CharField(  # noqa: N815 - as above
        max_length=60, help_text=f"{_START} At most 48 h after its start."
    )
    timezone = serializers.CharField(
        max_length=50, required=False, allow_null=True, allow_blank=True, help_text="IANA name."
    )
    name = serializers.CharField(
        max_length=100, required=False, allow_null=True, allow_blank=True, help_text="Its title."
    )
    duration_s = FiniteFloatField(
        required=False, allow_null=True, help_text="s, without pauses; 0-172800"
    )
    distance = FiniteFloatField(required=False, allow_null=True, help_text="km; 0-2000")
    calories = FiniteFloatField(required=False, allow_null=True, help_text="kcal; 0-20000")
    average_heart_rate = FiniteFloatField(required=False, allow_null=True, help_text="bpm; 20-260")
    max_heart_rate = FiniteFloatField(required=False, allow_null=True, help_text="bpm; 20-260")
    elevation_gain_m = FiniteFloatField(required=False, allow_null=True, help_text="m; 0-20000")


class PushDaySerializer(serializers.Serializer[Any]):
    """What the phone counted for a day: the better way, for it counts no minute twice."""

    date = serializers.CharField(max_length=10, help_text="Your own day, YYYY-MM-DD.")
    source = _SourceField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="What recorded it."
    )
    steps = FiniteFloatField(required=False, allow_null=True, help_text="0-200000")
    distance = FiniteFloatField(required=False, allow_null=True, help_text="km; 0-1000")
    active_calories = FiniteFloatField(required=False, allow_null=True, help_text="kcal")
    total_calories = FiniteFloatField(
        required=False, allow_null=True, help_text="kcal, with the basal ones"
    )
    active_minutes = FiniteFloatField(
        required=False, allow_null=True, help_text="min, moderate and vigorous"
    )
    floors_climbed = FiniteFloatField(required=False, allow_null=True, help_text="0-10000")
    resting_heart_rate = FiniteFloatField(required=False, allow_null=True, help_text="bpm; 20-260")
    worn_minutes = FiniteFloatField(
        required=False, allow_null=True, help_text="min that the device was worn"
    )


def _rows(row: type[serializers.Serializer[Any]], help_text: str) -> Any:
    field = extend_schema_field(row(many=True))(type(f"{row.__name__}Field", (RowsField,), {}))
    return field(row=row, max_length=MOST_ITEMS, required=False, help_text=help_text)


class PushBodySerializer(serializers.Serializer[Any]):
    """A batch of what a phone has read from its store: at most 5,000 items in all lists."""

    device = IdField(help_text="The push device that it is of.")
    batch_id = serializers.CharField(
        max_length=100, help_text="Made by the phone; the same for the same body."
    )
    records = _rows(PushRecordSerializer, "Quantities, one by one.")
    sleep = _rows(PushSleepSerializer, "Stages or whole sleeps.")
    workouts = _rows(PushWorkoutSerializer, "Workouts.")
    days = _rows(PushDaySerializer, "Totals of days.")
    deleted = serializers.ListField(
        child=serializers.CharField(max_length=_MOST_TEXT),
        max_length=MOST_ITEMS,
        required=False,
        help_text=(
            "Ids of workouts and of sleeps that the store has no more. That of a sleep sent as "
            "stages is its first stage's."
        ),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {name: len(attrs.get(name, ())) for name in _LISTS}
        if sum(given.values()) > MOST_ITEMS:
            largest = max(given, key=lambda name: given[name])
            message = f"Send at most {MOST_ITEMS} items at once."
            raise ValidationError({largest: [ErrorDetail(message, code="max_length")]})
        self._limit_samples(attrs.get("records", ()))
        return attrs

    def _limit_samples(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Each is stored like a record of its own."""
        count = 0
        for index, record in enumerate(records):
            count += len(record.get("samples") or ())
            if count > MOST_SAMPLES:
                message = f"Send at most {MOST_SAMPLES} samples at once."
                detail = ErrorDetail(message, code="max_length")
                raise ValidationError({f"records.{index}.samples": [detail]})


class PushRejectionSerializer(serializers.Serializer[Any]):
    """An item that was left out; sending it again changes nothing."""

    list = serializers.CharField(help_text="The list that it is in, such as records.")
    index = serializers.IntegerField(help_text="Its place there, from 0.")
    reason = serializers.CharField(help_text="For people who look for a fault.")


class PushAnswerSerializer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField(
        help_text="Items that were taken, but for what of them `left_out` names."
    )
    duplicates = serializers.IntegerField(help_text="Items whose id came before in their list.")
    rejected = PushRejectionSerializer(many=True, help_text="Items that were left out.")
    left_out = serializers.ListField(
        child=serializers.CharField(),
        help_text="What of the accepted items was not stored, and why, in sentences.",
    )

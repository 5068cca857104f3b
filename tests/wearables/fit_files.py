"""FIT files as a watch writes them, in the few messages that tests need."""

import datetime as dt
import struct
from typing import Any

EPOCH = dt.datetime(1989, 12, 31, tzinfo=dt.UTC)
SIZES = {"B": 0x02, "H": 0x84, "I": 0x86}
# Number, format and scale of each field, by message.
MESSAGES: dict[str, tuple[int, dict[str, tuple[int, str, int]]]] = {
    "file_id": (0, {"type": (0, "B", 1), "manufacturer": (1, "H", 1), "product": (2, "H", 1)}),
    "record": (20, {"timestamp": (253, "I", 1), "heart_rate": (3, "B", 1)}),
    "activity": (34, {"timestamp": (253, "I", 1), "local_timestamp": (5, "I", 1)}),
    "session": (
        18,
        {
            "timestamp": (253, "I", 1),
            "start_time": (2, "I", 1),
            "sport": (5, "B", 1),
            "sub_sport": (6, "B", 1),
            "total_elapsed_time": (7, "I", 1000),
            "total_timer_time": (8, "I", 1000),
            "total_distance": (9, "I", 100),
            "total_calories": (11, "H", 1),
            "avg_heart_rate": (16, "B", 1),
            "max_heart_rate": (17, "B", 1),
            "total_ascent": (22, "H", 1),
        },
    ),
    "set": (
        225,
        {
            "start_time": (6, "I", 1),
            "duration": (0, "I", 1000),
            "repetitions": (3, "H", 1),
            "weight": (4, "H", 16),
            "set_type": (5, "B", 1),
            "category": (7, "H", 1),
        },
    ),
    "monitoring_info": (103, {"timestamp": (253, "I", 1), "local_timestamp": (0, "I", 1)}),
    "monitoring": (
        55,
        {
            "timestamp": (253, "I", 1),
            "timestamp_16": (26, "H", 1),
            "activity_type": (5, "B", 1),
            "cycles": (3, "I", 2),
            "cycles_16": (9, "H", 1),
            "distance": (2, "I", 100),
            "active_calories": (19, "H", 1),
            "heart_rate": (27, "B", 1),
            "moderate_activity_minutes": (33, "H", 1),
            "vigorous_activity_minutes": (34, "H", 1),
        },
    ),
    "monitoring_hr_data": (
        211,
        {"timestamp": (253, "I", 1), "current_day_resting_heart_rate": (1, "B", 1)},
    ),
}
ACTIVITY, WEIGHT, MONITORING = 4, 9, 32
GARMIN, FENIX_5 = 1, 2697
RUNNING, CYCLING, TRANSITION, TRAINING, SWIMMING = 1, 2, 3, 10, 5
STRENGTH_TRAINING = 20
WALKING = 6
START = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)

Message = tuple[str, dict[str, Any]]


def seconds(at: dt.datetime) -> int:
    return int((at - EPOCH).total_seconds())


def checksum(content: bytes) -> int:
    """CRC-16/ARC, bit by bit."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def signed(content: bytes) -> bytes:
    """Header and records with the checksum that they have."""
    return content + struct.pack("<H", checksum(content))


def fit(*messages: Message) -> bytes:
    body = b"".join(_written(name, values) for name, values in messages)
    return signed(struct.pack("<BBHI4sH", 14, 0x20, 2140, len(body), b".FIT", 0) + body)


def _written(name: str, values: dict[str, Any]) -> bytes:
    """The message with its definition in front, as simple as can be."""
    number, fields = MESSAGES[name]
    chosen = [(fields[field], value) for field, value in values.items()]
    definition = struct.pack("<BBBHB", 0x40, 0, 0, number, len(chosen))
    for (field, size, _), _ in chosen:
        definition += struct.pack("<BBB", field, struct.calcsize(size), SIZES[size])
    data = b"\x00"
    for (_, size, scale), value in chosen:
        raw = seconds(value) if isinstance(value, dt.datetime) else round(value * scale)
        data += struct.pack(f"<{size}", raw)
    return definition + data


def file_id(kind: int = ACTIVITY) -> Message:
    return "file_id", {"type": kind, "manufacturer": GARMIN, "product": FENIX_5}


def session(start: dt.datetime = START, *, length_s: int = 1800, **values: Any) -> Message:
    return "session", {
        "timestamp": start + dt.timedelta(seconds=length_s),
        "start_time": start,
        "sport": RUNNING,
        "sub_sport": 0,
        "total_elapsed_time": length_s,
        "total_timer_time": length_s,
        **values,
    }


def record(after_s: int, bpm: int, start: dt.datetime = START) -> Message:
    return "record", {"timestamp": start + dt.timedelta(seconds=after_s), "heart_rate": bpm}


def a_run(start: dt.datetime = START, **values: Any) -> bytes:
    """Half an hour and five kilometers, with four samples."""
    given = {"total_distance": 5000, "total_calories": 350, **values}
    samples = [record(n * 600, 140 + n, start) for n in range(4)]
    return fit(file_id(), *samples, session(start, **given))

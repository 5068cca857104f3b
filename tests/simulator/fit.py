"""The FIT file of a workout, as a watch writes it: sizes, messages, checksum."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tests.simulator.people import Workout

EPOCH: Final = datetime(1989, 12, 31, tzinfo=UTC)
PROTOCOL, PROFILE = 0x20, 2140
# Numbers of base types of the FIT protocol, with the sign of struct.
ENUM, UINT8, UINT16, UINT32, UINT32Z = (
    (0x00, "B"),
    (0x02, "B"),
    (0x84, "H"),
    (0x86, "I"),
    (0x8C, "I"),
)
# sport and sub_sport
SPORTS: Final = {"running": (1, 0), "cycling": (2, 0), "strength": (10, 20)}
CRC_TABLE: Final = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)

Field = tuple[int, tuple[int, str], int]  # its number, its type, its value


def recorded(workout: Workout, beats: Sequence[tuple[datetime, int | None]]) -> bytes:
    start, end = _seconds(workout.start), _seconds(workout.end)
    sport, sub_sport = SPORTS[workout.sport]
    milliseconds = workout.duration_s * 1000
    session: list[Field] = [
        (253, UINT32, end),
        (2, UINT32, start),
        (7, UINT32, milliseconds),
        (8, UINT32, milliseconds),
        (5, ENUM, sport),
        (6, ENUM, sub_sport),
        (11, UINT16, workout.kcal),
        (16, UINT8, workout.average_bpm),
        (17, UINT8, workout.max_bpm),
    ]
    if workout.distance_m:
        session += [(9, UINT32, workout.distance_m * 100), (22, UINT16, workout.climb_m or 0)]
    content = _message(
        0, 0, [(0, ENUM, 4), (1, UINT16, 1), (3, UINT32Z, 4242), (4, UINT32, start)]
    )
    rows = [[(253, UINT32, _seconds(at)), (3, UINT8, 255 if b is None else b)] for at, b in beats]
    for number, row in enumerate(rows):
        content += _message(1, 20, row) if number == 0 else _data(1, row)
    content += _message(2, 18, session)
    content += _message(
        3, 34, [(253, UINT32, end), (0, UINT32, milliseconds), (1, UINT16, 1), (2, ENUM, 0)]
    )
    header = struct.pack("<BBHI4s", 14, PROTOCOL, PROFILE, len(content), b".FIT")
    whole = header + struct.pack("<H", _crc(header)) + content
    return whole + struct.pack("<H", _crc(whole))


def _seconds(at: datetime) -> int:
    return int((at - EPOCH).total_seconds())


def _message(local: int, number: int, fields: Sequence[Field]) -> bytes:
    """A definition, and the first data by it."""
    definition = struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields))
    for field, (base, sign), _ in fields:
        definition += struct.pack("<BBB", field, struct.calcsize(f"<{sign}"), base)
    return definition + _data(local, fields)


def _data(local: int, fields: Sequence[Field]) -> bytes:
    signs = "".join(sign for _, (_, sign), _ in fields)
    return struct.pack(f"<B{signs}", local, *(value for _, _, value in fields))


def _crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        for nibble in (byte & 15, byte >> 4):
            crc = (crc >> 4) & 0x0FFF ^ CRC_TABLE[crc & 15] ^ CRC_TABLE[nibble]
    return crc

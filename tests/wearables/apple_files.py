"""Exports of Apple Health, as an iPhone writes them."""

import io
import zipfile
from typing import Any
from xml.sax.saxutils import quoteattr

# Shortened, with its comments and the line that some versions of iOS have written wrongly.
DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  unit          CDATA #IMPLIED
>
{}]>
"""
MALFORMED = "<!ATTLIST Workout\n  startDate\n>\n"
WATCH = (
    "<<HKDevice: 0x2814f0a00>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, "
    "hardware:Watch6,12, software:9.1>"
)
PHONE = "<<HKDevice: 0x2814f0b00>, name:iPhone, manufacturer:Apple Inc., model:iPhone>"
QUANTITY = "HKQuantityTypeIdentifier"


def export(*elements: str, dtd: str = DTD.format("")) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{dtd}<HealthData locale="en_GB">\n'
    dated = ' <ExportDate value="2026-04-15 07:27:26 +0100"/>\n'
    return (head + dated + "\n".join(elements) + "\n</HealthData>\n").encode()


def zipped(*entries: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def element(name: str, attributes: dict[str, Any], *children: str) -> str:
    told = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{name}{told}>{''.join(children)}</{name}>"


def record(
    kind: str,
    value: object,
    unit: str = "count",
    start: str = "2026-03-02 08:00:00 +0100",
    end: str = "",
    *,
    source: str = "Ana\u2019s Apple\xa0Watch",
    device: str = WATCH,
    written: str = "",
) -> str:
    told = {"type": kind if kind.startswith("HK") else QUANTITY + kind, "sourceName": source}
    told |= {"device": device} if device else {}
    told |= {"unit": unit} if unit else {}
    dates = {"creationDate": written or end or start, "startDate": start, "endDate": end or start}
    return element("Record", {**told, **dates, "value": value})


def slept(stage: str, start: str, end: str, *, source: str = "Watch", zone: str = "+0100") -> str:
    """A segment between two clock times of 1 (evening) or 2 March, such as "1 23:00"."""
    times = [f"2026-03-0{moment[0]} {moment[2:]}:00 {zone}" for moment in (start, end)]
    value = f"HKCategoryValueSleepAnalysis{stage}"
    return record("HKCategoryTypeIdentifierSleepAnalysis", value, "", *times, source=source)


def workout(kind: str, *children: str, **attributes: object) -> str:
    told = {
        "workoutActivityType": f"HKWorkoutActivityType{kind}",
        "duration": 30,
        "durationUnit": "min",
        "sourceName": "Watch",
        "device": WATCH,
        "startDate": "2026-03-02 08:00:00 +0100",
        "endDate": "2026-03-02 08:35:00 +0100",
        **attributes,
    }
    return element("Workout", told, *children)

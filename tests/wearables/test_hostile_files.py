"""Files that want to do harm: a named refusal or a reading, in little memory and time."""

import random
import socket
import time
from contextlib import suppress
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from tests.wearables.apple_files import export, record, zipped
from tests.wearables.fit_files import (
    MONITORING,
    START,
    STRENGTH_TRAINING,
    WALKING,
    a_run,
    file_id,
    fit,
    session,
    signed,
)
from tests.wearables.fit_files import record as sample
from tests.wearables.mutants import MEGABYTE, MUTANTS, mutant, outcome, sized
from tests.wearables.xml_files import GPX, TCX, activity, lap, point, track
from wearables.transfer import fit as fit_reader
from wearables.transfer import gpx, tcx
from wearables.transfer.refusals import SENTENCES, FileRefused
from wearables.transfer.sniffing import sniff

UTC = ZoneInfo("UTC")
TIMED = point(48.0, "2026-03-02T06:00:00Z") + point(48.1, "2026-03-02T07:00:00Z")


# --- XML -------------------------------------------------------------------------------------


def doctype(subset: str, body: str = "&a;", name: str = "gpx") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE {name} [{subset}]><{name}>{body}</{name}>'.encode()


def declared(encoding: str, written_in: str = "utf-8", body: str = "<gpx/>") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(written_in)


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10)
)
BOMBS = {
    "billion laughs": (doctype(LAUGHS, "&k;"), "entities"),
    "quadratic entity": (doctype(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 10_000), "entities"),
    "entity of itself": (doctype('<!ENTITY a "&a;">'), "entities"),
    "local file": (doctype('<!ENTITY a SYSTEM "file:///etc/passwd">'), "entities"),
    "address": (doctype('<!ENTITY a SYSTEM "http://127.0.0.1:{port}/a">'), "entities"),
    "public entity": (doctype('<!ENTITY a PUBLIC "a" "http://127.0.0.1:{port}/a">'), "entities"),
    "parameter entity": (doctype("<!ENTITY % a '<!ENTITY b \"x\">'> %a;", "&b;"), "entities"),
    "outer parameters": (
        doctype('<!ENTITY % a SYSTEM "http://127.0.0.1:{port}/a"> %a;', ""),
        "entities",
    ),
    "unparsed entity": (
        doctype('<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "a" NDATA n>', ""),
        "entities",
    ),
    "unknown entity": (b"<gpx>&a;</gpx>", "bad_xml"),
    "unknown parameter entity": (doctype("%a;", "&b;"), "entities"),
    "outer dtd": (b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1:{port}/a.dtd"><gpx/>', "external_dtd"),
    "public dtd": (b'<!DOCTYPE gpx PUBLIC "a" "http://127.0.0.1:{port}/"><gpx/>', "external_dtd"),
    "default attributes": (
        doctype(f'<!ATTLIST t a CDATA "{"x" * 100_000}">', "<t/>" * 10_000),
        "entities",
    ),
    "long attribute": (b'<gpx a="' + b"a" * 3 * MEGABYTE, "long_token"),
    "long name": (b"<" + b"a" * 3 * MEGABYTE, "long_token"),
    "long comment": (b"<gpx><!--" + b"a" * 3 * MEGABYTE, "long_token"),
    "long instruction": (b"<gpx><?a " + b"a" * 3 * MEGABYTE, "long_token"),
    "long doctype": (b"<!DOCTYPE gpx [<!ELEMENT " + b"a" * 3 * MEGABYTE, "long_token"),
    "many attributes": (
        b"<gpx " + b" ".join(b'a%d="%d"' % (n, n) for n in range(200_000)) + b"/>",
        "long_token",
    ),
    "long text": (b"<gpx><trk><name>" + b"a" * 8 * MEGABYTE + b"</name></trk></gpx>", "nothing"),
    "long section": (b"<gpx><![CDATA[" + b"a" * 8 * MEGABYTE + b"]]></gpx>", "nothing"),
    "deep": (b"<gpx>" + b"<a>" * 2_000_000, "too_deep"),
    "deep in tcx": (b"<TrainingCenterDatabase>" + b"<Lap>" * 100, "too_deep"),
    "many elements": (b"<gpx>" + b"<a/>" * 500_000 + b"</gpx>", "nothing"),
    "utf-7": (declared("utf-7"), "encoding"),
    "utf-7 that hides": (declared("utf-7", body="+ADwAIQ-DOCTYPE gpx+AD4-"), "encoding"),
    "ebcdic": (declared("cp037"), "encoding"),
    "many bytes": (declared("shift_jis"), "encoding"),
    "made up": (declared("x-evil"), "encoding"),
    "no text encoding": (declared("base64"), "encoding"),
    "utf-16 with entities": (
        declared("utf-16", "utf-16", '<!DOCTYPE gpx [<!ENTITY a "x">]><gpx>&a;</gpx>'),
        "entities",
    ),
    "utf-16 by name alone": (declared("utf-16"), "bad_xml"),
    "utf-32": (declared("utf-32", "utf-32"), "bad_xml"),
    "no utf-8": (b"<gpx>\xff\xfe</gpx>", "bad_xml"),
    "zeros": (bytes(1000), "bad_xml"),
    "xinclude": (
        b'<gpx xmlns:x="http://www.w3.org/2001/XInclude">'
        b'<x:include href="file:///etc/passwd" parse="text"/></gpx>',
        "nothing",
    ),
    "stylesheet": (b'<?xml-stylesheet href="http://127.0.0.1:{port}/"?><gpx/>', "nothing"),
    "schema": (
        b'<gpx xmlns:s="http://www.w3.org/2001/XMLSchema-instance"'
        b' s:schemaLocation="a http://127.0.0.1:{port}/a.xsd"/>',
        "nothing",
    ),
    "cut in a tag": (b"<gpx><trk", "truncated"),
    "cut in a character": ("<gpx>\u20ac".encode()[:-1], "truncated"),
    "cut between": (b"<gpx><trk></trk>", "truncated"),
    "nothing": (b"", "truncated"),
    "two roots": (b"<gpx/><gpx/>", "bad_xml"),
    "an attribute twice": (b'<gpx a="" a=""/>', "bad_xml"),
    "another document": (b"<html/>", "wrong_document"),
}


class TestXml:
    @pytest.fixture
    def canary(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0)
            yield server

    @pytest.mark.parametrize("name", BOMBS)
    def test_it_is_refused_by_its_name_and_reaches_nobody(self, name, canary):
        content, code = BOMBS[name]
        port = str(canary.getsockname()[1]).encode()
        kind = "tcx" if b"TrainingCenter" in content else "gpx"
        started = time.monotonic()

        refused_as = outcome(
            content.replace(b"{port}", port), kind, memory_bytes=100 * MEGABYTE, cpu_s=2
        )

        assert refused_as == ("nothing_to_import" if code == "nothing" else code)
        assert time.monotonic() - started < 10
        with pytest.raises(BlockingIOError):
            canary.accept()

    @pytest.mark.parametrize(
        "subset",
        ['<!ENTITY a "x">', '<!ENTITY % a "x"> %a;', '<!ENTITY a SYSTEM "file:///etc/passwd">'],
    )
    def test_a_dtd_of_apple_may_not_declare_entities_either(self, subset):
        content = doctype(subset, record("StepCount", 5), "HealthData")

        assert outcome(content, "apple_health") == "entities"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
    def test_encodings_that_recordings_have_are_read(self, encoding):
        name = encoding.removesuffix("-sig")
        body = GPX.format(track(TIMED, name="Stra\u00dfe")).removeprefix('<?xml version="1.0"?>')

        [run] = gpx.read(BytesIO(declared(name, encoding, body)))

        assert run.name == "Stra\u00dfe"


class TestSniffing:
    @pytest.mark.parametrize(
        ("head", "format"),
        [
            (a_run(), "fit"),
            (GPX.format("").encode(), "gpx"),
            (GPX.format("").encode("utf-16"), "gpx"),
            (b"\xef\xbb\xbf\n<gpx>", "gpx"),
            (b"<!-- a <comment> --><x:gpx xmlns:x='a'>", "gpx"),
            (TCX.format("").encode(), "tcx"),
            (export(), "apple_health"),
            (zipped(("a", b"")), "archive"),
        ],
    )
    def test_a_file_is_what_is_in_it(self, head, format):
        assert sniff(head) == format

    @pytest.mark.parametrize(
        ("head", "code"),
        [
            (b"", "empty"),
            (b"\x89PNG\r\n\x1a\n", "unknown_format"),
            (b"a gpx file: <gpx>", "unknown_format"),
            (b"<html><body>", "unknown_format"),
        ],
    )
    def test_anything_else_is_none(self, head, code):
        with pytest.raises(FileRefused) as refused:
            sniff(head)

        assert refused.value.code == code


# --- Mutants ---------------------------------------------------------------------------------

SEEDS = {
    "session": a_run(avg_heart_rate=150),
    "strength": fit(
        file_id(),
        sample(10, 100),
        ("set", {"start_time": START, "set_type": 1, "repetitions": 8, "category": 0}),
        session(sport=10, sub_sport=STRENGTH_TRAINING),
    ),
    "monitoring": fit(
        file_id(MONITORING),
        ("monitoring_info", {"timestamp": START, "local_timestamp": START}),
        ("monitoring", {"timestamp": START, "activity_type": WALKING, "cycles": 100}),
        ("monitoring", {"timestamp_16": 100, "heart_rate": 60}),
    ),
}


class TestMutants:
    @pytest.mark.parametrize("name", SEEDS)
    @pytest.mark.parametrize("is_signed", [True, False])
    def test_a_damaged_fit_file_is_read_or_refused_by_a_name(self, name, is_signed):
        random_ = random.Random(f"{name} {is_signed}")
        codes = set()

        for _ in range(MUTANTS):
            content = mutant(SEEDS[name], random_)
            content = signed(sized(content)) if is_signed else content + SEEDS[name][-2:]
            try:
                fit_reader.read(BytesIO(content), zone=UTC)
            except FileRefused as refused:
                codes.add(refused.code)

        assert codes <= SENTENCES.keys()
        assert len(codes) > 1

    @pytest.mark.parametrize("name", SEEDS)
    def test_a_fit_file_that_ends_anywhere_is_refused(self, name):
        content = SEEDS[name]

        for size in range(len(content)):
            with pytest.raises(FileRefused) as refused:
                fit_reader.read(BytesIO(content[:size]), zone=UTC)
            assert refused.value.code in {"truncated", "not_fit"}

    @pytest.mark.parametrize(
        ("read", "content"),
        [
            (tcx.read, TCX.format(activity(lap(0, points="<Trackpoint/>")))),
            (gpx.read, GPX.format(track(TIMED))),
        ],
    )
    def test_damaged_xml_is_read_or_refused_by_a_name(self, read, content):
        random_ = random.Random(7)

        for _ in range(MUTANTS):
            with suppress(FileRefused):
                read(BytesIO(mutant(content.encode(), random_)))

"""Dumps of Open Food Facts as files: whole, resumed, damaged, endless or meant to do harm."""

import gzip
from collections import Counter
from io import BytesIO
from itertools import chain

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nutrition.transfer.lines import MAX_LINE
from nutrition.transfer.off import read_csv, read_jsonl
from nutrition.transfer.readings import ReadFood, Rejected
from tests.nutrition.transfer import foods
from tests.nutrition.transfer.memory import Stream, counted
from tests.nutrition.transfer.products import SPREAD, flat, structured

FORMATS = [(foods.jsonl_lines, read_jsonl), (foods.csv_lines, read_csv)]
KINDS_OF_DUMP = pytest.mark.parametrize(("lines", "read"), FORMATS, ids=["jsonl", "csv"])


def a_dump(*products: object) -> BytesIO:
    return BytesIO(b"".join(orjson.dumps(product) + b"\n" for product in products))


def rejected(read) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in read if isinstance(item, Rejected)]


@KINDS_OF_DUMP
def test_every_bad_row_is_told_for_its_reason_and_no_good_one(lines, read):
    dump = BytesIO(b"".join(lines(1000, 0.1)))

    found = list(read(dump))

    reasons = Counter(item.reason for item in found if isinstance(item, Rejected))
    assert reasons == foods.reasons(1000, 0.1)
    assert sum(reasons.values()) == 100
    assert len(found) == 1000


def test_both_formats_say_the_same():
    as_jsonl = read_jsonl(BytesIO(b"".join(foods.jsonl_lines(100, 0))))
    as_csv = read_csv(BytesIO(b"".join(foods.csv_lines(100, 0))))

    for one, other in zip(as_jsonl, as_csv, strict=True):
        assert one.nutrients == other.nutrients
        assert (one.name, one.gtin, one.per, one.portions, one.category_tags, one.modified_at) == (
            other.name, other.gtin, other.per, other.portions, other.category_tags,
            other.modified_at,
        )  # fmt: skip
        assert other.line == one.line + 1


@KINDS_OF_DUMP
def test_a_compressed_dump_is_read_as_it_is(lines, read):
    dump = b"".join(lines(50))
    halves = gzip.compress(dump[:2000]) + gzip.compress(dump[2000:])

    assert list(read(BytesIO(halves))) == list(read(BytesIO(dump)))


@KINDS_OF_DUMP
@pytest.mark.parametrize("is_compressed", [False, True])
@pytest.mark.parametrize("stopped_after", [0, 1, 29, 50])
def test_reading_goes_on_where_it_stopped(lines, read, is_compressed, stopped_after):
    dump = b"".join(lines(50, 0.2))
    dump = gzip.compress(dump) if is_compressed else dump
    whole = list(read(BytesIO(dump)))
    begun = read(BytesIO(dump))
    first = [next(begun) for _ in range(stopped_after)]

    rest = list(read(BytesIO(dump), start_offset=begun.offset, start_line=begun.line))

    assert first + rest == whole
    assert bool(begun.offset) is (not is_compressed and (stopped_after > 0 or read is read_csv))


def test_lines_may_end_as_on_windows_and_the_file_begin_with_a_mark():
    lines = [orjson.dumps(flat()), b"", b"  ", orjson.dumps(structured())]

    found = list(read_jsonl(BytesIO(b"\xef\xbb\xbf" + b"\r\n".join(lines))))

    assert [item.line for item in found if isinstance(item, ReadFood)] == [1, 4]
    assert len(found) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"null", b"[]", b"5", b'"text"', b"\xff\xfe", b'{"code": NaN}', b"\x00",
        b'{"product_name": "\\ud800"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_line_that_is_no_object_is_told(line):
    found = list(read_jsonl(BytesIO(line + b"\n" + orjson.dumps(flat()))))

    assert rejected(found) == [(1, "bad_line")]
    assert isinstance(found[1], ReadFood)


def test_a_line_without_end_is_told_and_skipped():
    endless = orjson.dumps(flat(ingredients_text="x" * (MAX_LINE + 10)))
    dump = BytesIO(b"\n".join([orjson.dumps(flat()), endless, orjson.dumps(structured())]))

    reading = read_jsonl(dump)
    found = list(reading)

    assert rejected(found) == [(2, "line_too_long")]
    assert [item.line for item in found] == [1, 2, 3]
    assert reading.offset == len(dump.getvalue())


def test_a_line_of_eight_megabytes_is_read():
    long = orjson.dumps(flat(ingredients_text="x" * (MAX_LINE - 1000)))

    assert rejected(read_jsonl(BytesIO(long + b"\n"))) == []


def test_an_archive_that_breaks_off_is_told():
    archive = gzip.compress(b"".join(foods.jsonl_lines(200, 0)), compresslevel=0)

    found = list(read_jsonl(BytesIO(archive[:20_000])))

    assert len(found) > 10
    assert rejected(found) == [(len(found), "damaged_file")]


def test_an_archive_of_nonsense_is_told():
    assert rejected(read_jsonl(BytesIO(b"\x1f\x8b" + b"nonsense" * 10))) == [(1, "damaged_file")]


def test_an_empty_dump_has_no_foods():
    assert list(read_jsonl(BytesIO())) == []
    assert list(read_jsonl(BytesIO(gzip.compress(b"")))) == []


def test_a_table_without_its_columns_is_told_once():
    table = BytesIO(b"code\tproduct_name\tfat_100g\n" + b"1\t2\t3\n" * 10)

    found = list(read_csv(table))

    assert found == [
        Rejected(
            1,
            "",
            "unknown_columns",
            "The first line does not name these columns: energy-kcal_100g, proteins_100g, "
            "carbohydrates_100g.",
        )
    ]


@pytest.mark.parametrize("table", [b"", b"code,product_name\n", b"\x1f\x8bnonsense"])
def test_what_is_no_table_is_told_once(table):
    found = rejected(read_csv(BytesIO(table), start_offset=5, start_line=3))

    assert found in ([(0, "unknown_columns")], [(1, "unknown_columns")], [(1, "damaged_file")])


def test_a_row_of_another_width_is_told():
    lines = list(foods.csv_lines(3, 0))
    lines[2] = lines[2].replace(b"\t", b"\t\t", 1)

    found = list(read_csv(BytesIO(b"".join(lines))))

    assert rejected(found) == [(3, "wrong_number_of_cells")]
    assert found[1].message == "The line has 19 cells, and the first one has 18."


def test_quotes_of_a_table_are_part_of_the_text():
    lines = list(foods.csv_lines(2, 0))
    lines[1] = lines[1].replace(b"Oat flakes", b'"Oat" flakes', 1)

    first, _ = read_csv(BytesIO(b"".join(lines)))

    assert first.name == '"Oat" flakes No. 0'


def test_columns_stand_in_any_order_and_old_tables_have_energy_in_kj():
    header = "fat_100g\tenergy_100g\tcode\tproteins_100g\tproduct_name\tcarbohydrates_100g\r\n"
    row = "30.9\t2252\t3017620422003\t6,3\tSpread\t57.5\r\n"

    (food,) = read_csv(BytesIO((header + row).encode()))

    assert food.nutrients.kcal == 538.2409
    assert (food.nutrients.fat, food.nutrients.protein) == (30.9, 6.3)


@KINDS_OF_DUMP
def test_fifty_thousand_rows_are_read_in_little_memory(lines, read):
    dump = list(lines(500))
    # Warmed up, so that what is loaded once does not count.
    list(read(BytesIO(b"".join(dump))))
    head, rows = dump[:-500], dump[-500:]
    stream = Stream(chain(head, *[rows] * 100))

    reading = read(stream)
    count, most_blocks = counted(reading)

    assert count == 50_000
    # Each food takes some twenty.
    assert most_blocks < 5000
    assert reading.offset == stream.tell()


@given(
    tail=st.binary(max_size=400), start=st.sampled_from([b"", b"{", b"\x1f\x8b\x08", b"code\t"])
)
@settings(max_examples=200, deadline=None)
def test_no_bytes_raise(tail, start):
    for read in (read_jsonl, read_csv):
        found = list(read(BytesIO(start + tail)))

        assert all(isinstance(item, ReadFood | Rejected) for item in found)


anything = st.one_of(
    st.sampled_from(
        [None, True, -1, 0, 5, 2**63, 1e300, 1e999, "", "NaN", "5", "5,5", "-1", "xx:"]
    ),
    st.sampled_from([[], [None], ["en:a", 5], {}, {"value": 5}, {"aggregated_set": {}}, [[[]]]]),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
FIELDS = (
    "lang", "product_name", "product_name_en", "brands", "brands_tags", "categories_tags",
    "quantity", "product_quantity_unit", "serving_size", "serving_quantity", "last_modified_t",
    "serving_quantity_unit", "nutrition_data_per", "product_type",
    "data_quality_errors_tags", "code", "_id",
)  # fmt: skip


@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), anything),
    nutriments=st.dictionaries(st.sampled_from(list(SPREAD)), anything),
    is_new=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_no_product_raises_and_what_is_read_can_be_believed(fields, nutriments, is_new):
    keys = {key.removesuffix("_100g"): {"value": value} for key, value in nutriments.items()}
    product = structured(keys, **fields) if is_new else flat(nutriments, **fields)

    (item,) = read_jsonl(a_dump(product))

    if isinstance(item, ReadFood):
        assert 0 <= item.nutrients.kcal <= 900
        assert item.nutrients.protein + item.nutrients.carbs + item.nutrients.fat <= 105.001
        assert 0 <= item.trust <= 100
        assert 0 < len(item.name) <= 200
    else:
        assert len(item.message) <= 250

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrition import gtin
from nutrition.gtin import NotAGtin

bodies = st.text("0123456789", min_size=13, max_size=13).filter(lambda body: body.strip("0"))


@pytest.mark.parametrize(
    ("code", "normal"),
    [
        ("034000470693", "00034000470693"),  # UPC-A
        ("0034000470693", "00034000470693"),  # as Open Food Facts writes it
        ("34000470693", "00034000470693"),  # as a spreadsheet leaves it
        ("00034000470693", "00034000470693"),  # as USDA writes it
        ("3017620422003", "03017620422003"),  # EAN-13
        ("4 006381 333931", "04006381333931"),
        ("4-006381-333931", "04006381333931"),
        ("96385074", "00000096385074"),  # EAN-8
        ("0000096385074", "00000096385074"),
        ("10012345678902", "10012345678902"),  # a case of them
    ],
)
def test_a_barcode_has_one_normal_form_however_it_is_written(code, normal):
    assert gtin.normalize(code) == normal


@pytest.mark.parametrize(
    ("upc_e", "upc_a"),
    [
        ("04252614", "042100005264"),
        ("4252614", "042100005264"),
        ("06543217", "065100004327"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234565", "012345000065"),
    ],
)
def test_upc_e_is_expanded(upc_e, upc_a):
    assert gtin.normalize(upc_e) == upc_a.zfill(14)


@pytest.mark.parametrize(
    "code", ["034000470694", "3017620422004", "96385075", "1234567890123", "00012345"]
)
def test_a_wrong_check_digit_is_found(code):
    with pytest.raises(NotAGtin) as error:
        gtin.gtin14(code)

    assert error.value.code == "bad_check_digit"
    assert error.value.message == "The last digit of the barcode does not fit the others."
    assert gtin.normalize(code) is None
    assert not gtin.is_valid(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "123456789012345",
        "00000000",
        "ABC12345",
        "12.345678",
        "٣٠١٧٦٢٠٤٢٢٠٠٣",
        "-",
        "²" * 8,
    ],
)
def test_what_is_no_barcode_is_told_apart(code):
    with pytest.raises(NotAGtin) as error:
        gtin.gtin14(code)

    assert error.value.code == "bad_barcode"
    assert gtin.normalize(code) is None


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("034000470693", "0034000470693"),
        ("1234567", "01234567"),
        ("0000001234567", "01234567"),
        ("12345678", "12345678"),
        ("123456789", "0000123456789"),
        ("3017620422003", "3017620422003"),
        ("10012345678902", "10012345678902"),
        ("12", "00000012"),
        ("0000", None),
        ("none", None),
    ],
)
def test_open_food_facts_strips_zeros_and_pads_to_eight_or_thirteen(code, form):
    assert gtin.open_food_facts_form(code) == form


@pytest.mark.parametrize(
    ("code", "is_internal"),
    [
        ("0200000000035", True),  # an American shop's own scales
        ("0412345678903", True),  # an American shop's own numbers
        ("2000000000015", True),  # what Open Food Facts gives to foods without a barcode
        ("2999999999991", True),
        ("20004125", True),  # a discounter's own brand
        ("034000470693", False),
        ("3017620422003", False),
        ("96385074", False),
        ("0312345678906", False),
    ],
)
def test_codes_that_shops_give_out_themselves_are_flagged(code, is_internal):
    assert gtin.is_internal(gtin.gtin14(code)) is is_internal


@given(body=bodies)
def test_every_form_of_a_barcode_says_the_same(body):
    code = body + gtin.check_digit(body)

    normal = gtin.normalize(code)

    assert normal == code
    # Short forms without zeros in front mean the same, but where they could be UPC-E.
    if len(code.lstrip("0")) > 8:
        assert gtin.normalize(code.lstrip("0")) == code
        assert gtin.normalize(gtin.open_food_facts_form(code)) == code


@given(body=bodies, place=st.integers(0, 12), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(body, place, digit):
    code = body + gtin.check_digit(body)
    wrong = code[:place] + digit + code[place + 1 :]

    is_same = wrong == code

    assert gtin.is_valid(wrong) is is_same


@given(st.text(max_size=20))
def test_no_text_raises(code):
    normal = gtin.normalize(code)

    assert normal is None or (len(normal) == 14 and gtin.normalize(normal) == normal)
    assert gtin.is_valid(code) is (normal is not None)
    assert isinstance(gtin.open_food_facts_form(code), str | None)

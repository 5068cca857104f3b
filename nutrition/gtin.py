"""Barcodes of foods: the same one however many zeros stand before it, as 14 digits of text."""

from typing import Final, Literal

GTIN_14: Final = 14
_GTIN_13: Final = 13
_GTIN_8: Final = 8
_UPC_E: Final = 8
_SEPARATORS: Final = str.maketrans(dict.fromkeys(" -\t\u00a0\u2010\u2011\u2013"))


class NotAGtin(ValueError):
    """Why a text is no barcode that identifies a trade item."""

    def __init__(self, code: Literal["bad_barcode", "bad_check_digit"], message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def normalize(code: str) -> str | None:
    """The barcode as 14 digits; None where it is none or its check digit is wrong.

    Takes GTIN-8, -12, -13 and -14 with or without leading zeros, and UPC-E, which is expanded;
    spaces and hyphens do not matter. Eight digits from 0 that can be read as UPC-E are: as GTIN-8
    they would be a number that each shop gives itself.
    """
    try:
        return gtin14(code)
    except NotAGtin:
        return None


def is_valid(code: str) -> bool:
    """Whether it is a barcode in any form, with the right check digit."""
    return normalize(code) is not None


def gtin14(code: str) -> str:
    """As ``normalize``; raises NotAGtin that says why a text is no barcode."""
    digits = code.translate(_SEPARATORS)
    padded = _padded(digits)
    if padded is None:
        raise NotAGtin("bad_barcode", "A barcode has 6 to 14 digits and is not all zeros.")
    for reading in _readings(padded, may_be_upc_e=len(digits) <= _UPC_E):
        if check_digit(reading[:-1]) == reading[-1]:
            return reading.zfill(GTIN_14)
    raise NotAGtin("bad_check_digit", "The last digit of the barcode does not fit the others.")


def open_food_facts_form(code: str) -> str | None:
    """The code as Open Food Facts writes it: zeros stripped, then padded to 8 or 13 digits.

    The check digit is not looked at. None for what is not up to 14 digits, or all zeros.
    """
    return _padded(code.translate(_SEPARATORS), shortest=1)


def is_internal(gtin: str) -> bool:
    """Whether a GTIN-14 is from a range that shops and databases give out themselves.

    Such a code (200-299, 02, 04, and GTIN-8 from 0 or 2) may mean another food in the next shop.
    """
    if gtin.startswith("000000"):
        return gtin[GTIN_14 - _GTIN_8] in "02"
    return gtin[1] == "2" or gtin[1:3] in {"02", "04"}


def check_digit(body: str) -> str:
    """The digit that belongs behind these, for every kind of GTIN (GS1 modulo 10)."""
    threes = sum(map(int, body[::-2]))
    ones = sum(map(int, body[-2::-2]))
    return str(-(3 * threes + ones) % 10)


def _padded(digits: str, shortest: int = 6) -> str | None:
    if not (digits.isascii() and digits.isdigit() and shortest <= len(digits) <= GTIN_14):
        return None
    stripped = digits.lstrip("0")
    if not stripped:
        return None
    return stripped.zfill(_GTIN_8 if len(stripped) <= _GTIN_8 else _GTIN_13)


def _readings(padded: str, *, may_be_upc_e: bool) -> list[str]:
    """What the digits may stand for, the likeliest first."""
    upc_a = _expanded(padded) if may_be_upc_e else None
    if upc_a is None:
        return [padded]
    return [upc_a, padded] if padded[0] == "0" else [padded, upc_a]


def _expanded(upc_e: str) -> str | None:
    """The UPC-A of a UPC-E of 8 digits; None where it is none. Its check digit stays."""
    system, body, check = upc_e[0], upc_e[1:7], upc_e[7]
    ending = body[5]
    if ending in "012":
        whole, unwanted = f"{body[:2]}{ending}0000{body[2:5]}", False
    elif ending == "3":
        whole, unwanted = f"{body[:3]}00000{body[3:5]}", body[2] in "012"
    elif ending == "4":
        whole, unwanted = f"{body[:4]}00000{body[4]}", body[3] == "0"
    else:
        whole, unwanted = f"{body[:5]}0000{ending}", body[4] == "0"
    # Unwanted is what another ending says as well: each UPC-A has one UPC-E.
    return None if unwanted or system not in "01" else f"{system}{whole}{check}"

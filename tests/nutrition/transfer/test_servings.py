import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrition.transfer.servings import serving


@pytest.mark.parametrize(
    ("text", "name", "grams"),
    [
        ("28 g", "1 serving", 28),
        ("28g", "1 serving", 28),
        ("100.0g", "1 serving", 100),
        ("2 cookies (28 g)", "2 cookies", 28),
        ("200 ml (206 g)", "200 ml", 206),
        ("12,5 g", "1 serving", 12.5),
        ("1 portion (12,5 g)", "1 portion", 12.5),
        ("1 oz (28 g)", "1 oz", 28),
        ("30 g (1 oz)", "1 oz", 30),
        ("1/2 cup (120 g)", "1/2 cup", 120),
        ("2 x 28 g", "1 serving", 56),
        ("4 biscuits = 50 grammes", "4 biscuits", 50),
        ("1 Riegel [40 g]", "1 Riegel", 40),
        ("0.5 kg", "1 serving", 500),
        ("3 oz", "1 serving", 85.049),
        ("1 galette (9 g)", "1 galette", 9),
    ],
)
def test_a_serving_by_weight_is_named_and_weighed(text, name, grams):
    assert serving(text, "g") == (name, grams)


@pytest.mark.parametrize(
    ("text", "name", "ml"),
    [
        ("1 portion (330 ml)", "1 portion", 330),
        ("200 ml (206 g)", "206 g", 200),
        ("25 cl", "1 serving", 250),
        ("1,5 l", "1 serving", 1500),
        ("1 can (12 fl oz)", "1 can", 354.882),
        ("8 fl. oz (240 mL)", "8 fl. oz", 240),
    ],
)
def test_a_serving_by_volume_counts_for_what_is_stated_per_100_ml(text, name, ml):
    assert serving(text, "ml") == (name, ml)


@pytest.mark.parametrize(
    "text",
    ["", "1 cookie", "330 ml", "g", "0 g", "0.4 mg", "6000 g", "1 galette", "12 grains", "1/2 g"],
)
def test_what_states_no_plausible_weight_is_no_portion(text):
    assert serving(text, "g") is None


@given(text=st.text(max_size=300), per=st.sampled_from(["g", "ml"]))
def test_no_text_raises(text, per):
    portion = serving(text, per)

    assert portion is None or (0 < portion[1] <= 5000 and 0 < len(portion[0]) <= 100)

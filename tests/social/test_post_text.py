"""Hashtags and names in what people write."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social.formulas.text import hashtags_in, normal_hashtag, usernames_in


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Legs and #legs, #LEGS!", ("legs",)),
        ("Up (#push_day) then #5x5.", ("push_day", "5x5")),
        (
            "#Über #straße #тренировка #腕立て #योग",
            ("über", "strasse", "тренировка", "腕立て", "योग"),
        ),
        ("#1\N{FULLWIDTH LATIN SMALL LETTER R}M", ("1rm",)),
        ("#100 #1_000 #_ # #️⃣", ()),
        ("a#b ##c &#39; https://example.com/#d x.com/y#e", ()),
        ("#" + "a" * 100, ("a" * 100,)),
        ("#" + "a" * 101, ()),
        ("", ()),
    ],
)
def test_hashtags_are_words_of_any_script_without_case(text, tags):
    assert hashtags_in(text) == tags


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ana and @ana: well done, @ben.", ("ana", "ben")),
        ("(@ana-b_c+d.e)", ("ana-b_c+d.e",)),
        ("@ana... @ben-", ("ana", "ben")),
        ("mail ana@example.com or @ana@example.com", ()),
        ("https://example.com/@ana @", ()),
        ("@" + "a" * 150, ("a" * 150,)),
        ("@" + "a" * 151, ()),
    ],
)
def test_names_are_those_of_people_and_no_addresses(text, names):
    assert usernames_in(text) == names


def test_thirty_hashtags_and_twenty_names_count():
    text = " ".join(f"#tag{n}x @name{n}" for n in range(40))

    assert hashtags_in(text) == tuple(f"tag{n}x" for n in range(30))
    assert usernames_in(text) == tuple(f"name{n}" for n in range(20))


@given(st.text(max_size=500))
def test_any_text_has_tags_that_are_themselves_when_read_again(text):
    tags = hashtags_in(text)

    assert len(set(tags)) == len(tags) <= 30
    assert all(tag == normal_hashtag(tag) and len(tag) <= 100 for tag in tags)
    assert all(hashtags_in(f"#{tag}") == (tag,) for tag in tags)


@given(st.lists(st.text(string.ascii_lowercase + string.digits + "_", min_size=1), max_size=9))
def test_every_name_that_is_called_is_found(names):
    text = ", ".join(f"@{name}" for name in names)

    assert usernames_in(text) == tuple(dict.fromkeys(names))

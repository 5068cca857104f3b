import inspect

import pytest

from wearables.models import DeviceType
from wearables.providers.base import Provider
from wearables.providers.registry import (
    DESCRIBED,
    METRICS,
    PROVIDERS,
    all_capabilities,
    provider,
)

# How good a metric is.
GRADES = {"measured", "estimated", "none"}
KINDS = {"strap", "watch", "band", "ring", "phone", "scale", "manual", "hub"}
EACH = sorted(PROVIDERS)
ALL = sorted({**PROVIDERS, **DESCRIBED})


def described(slug: str):
    return {**PROVIDERS, **DESCRIBED}[slug]


def test_every_provider_is_found_by_its_slug():
    assert EACH == ["fitbit", "garmin", "oura", "polar", "whoop"]
    assert sorted(DESCRIBED) == ["apple_watch", "health_connect", "other"]
    assert [provider(slug).slug for slug in EACH] == EACH
    with pytest.raises(KeyError):
        provider("apple_watch")


@pytest.mark.parametrize("slug", EACH)
def test_a_provider_has_all_that_is_asked_of_one(slug):
    attributes = set(Provider.__annotations__)
    methods = {name for name, _ in inspect.getmembers(Provider, inspect.isfunction)}

    names = attributes | {name for name in methods if not name.startswith("_")}

    assert {name for name in names if not hasattr(provider(slug), name)} == set()


@pytest.mark.parametrize("slug", ALL)
def test_every_capability_is_of_a_known_metric_and_says_how_good_it_is(slug):
    metrics = all_capabilities()[slug].metrics

    assert set(metrics) == set(METRICS)
    assert set(metrics.values()) <= GRADES


@pytest.mark.parametrize("slug", EACH)
def test_what_a_provider_is_capable_of_is_what_its_data_types_bring(slug):
    capable = {
        metric for metric, grade in provider(slug).capabilities.metrics.items() if grade != "none"
    }

    brought = {metric for each in provider(slug).data_types for metric in each.metrics}

    assert brought == capable


@pytest.mark.parametrize("slug", EACH)
def test_data_types_have_names_of_their_own_and_windows(slug):
    data_types = provider(slug).data_types

    assert len({each.name for each in data_types}) == len(data_types)
    assert all(each.chunk_days > 0 for each in data_types)


@pytest.mark.parametrize("slug", ALL)
def test_each_is_of_a_type_and_a_kind_that_can_be_stored(slug):
    one = described(slug)

    assert one.device_type in DeviceType.values
    assert one.kind in KINDS
    assert one.title


@pytest.mark.parametrize("slug", EACH)
def test_whoever_signs_in_has_terms_for_it(slug):
    one = provider(slug)

    assert (one.oauth is not None) == ("oauth" in one.modes)
    assert set(one.polls) == set(one.modes)

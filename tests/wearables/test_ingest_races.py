"""Two imports of the same at once."""

import datetime as dt

import pytest

from tests.factories.users import UserFactory
from tests.users.races import at_once
from tests.wearables.told import NOW, RING, at, day, oura, rates, sleep
from wearables.models import DailyActivity, DailyActivitySource, HeartRateData, SleepData
from wearables.services.ingest import store
from wearables.services.partitions import ensure_months, existing_months

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_samples_from_both_ends_at_once_are_there_once():
    device = oura(UserFactory())
    samples = [(at(9, 0, second), 60 + second % 9) for second in range(2000)]
    told = [day(RING, steps=8000), sleep(), rates(*samples, source=RING)]
    turned = [rates(*samples[::-1], source=RING), sleep(), day(RING, steps=8000)]

    counts = at_once(6, lambda n: store(device=device, readings=[told, turned][n % 2], now=NOW))

    assert sorted(count.new for count in counts) == [0, 0, 0, 0, 0, 2002]
    assert HeartRateData.objects.count() == 2000
    assert DailyActivitySource.objects.count() == DailyActivity.objects.count() == 1
    assert SleepData.objects.get().role == "main"


def test_a_month_that_many_need_at_once_is_made_once():
    month = dt.date(2001, 7, 1)

    made = at_once(6, lambda _: ensure_months([month]))

    assert sorted(made) == [[], [], [], [], [], [month]]
    assert "wearables_heartratedata_2001_07" in existing_months()

from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from tests.factories.wearables import SourcePriorityFactory
from tests.wearables.told import DAY, NOW, PHONE, RING, WATCH, at, day, garmin, iphone, oura, sleep
from users.models import OutboxMessage, User
from users.services import outbox
from wearables.models import DailyActivity, SleepData, SourceMetric, SourcePriority
from wearables.services.ingest import store

pytestmark = pytest.mark.django_db

URL = "/api/v1/wearables/priorities/"


def deliver_all() -> int:
    messages = list(OutboxMessage.objects.filter(kind="wearables_resettle"))
    return sum(outbox.deliver(message_id=message.pk) for message in messages)


def steps(user: User) -> int | None:
    return DailyActivity.objects.get(user=user, date=DAY).steps


def test_every_metric_has_an_order_and_ours_is_empty(ana, api, django_assert_num_queries):
    ring = oura(ana)
    SourcePriorityFactory(user=ana, metric="sleep", devices=[str(ring.pk), str(uuid4())])

    with django_assert_num_queries(2):  # who asks, and the orders
        answer = api.get(URL).json()

    assert [row["metric"] for row in answer] == SourceMetric.values
    assert [row for row in answer if row["devices"]] == [
        {"metric": "sleep", "devices": [str(ring.pk)]}
    ]


def test_an_order_changes_all_days_and_its_end_changes_them_back(ana, api):
    watch, phone = garmin(ana), iphone(ana)
    store(device=watch, readings=[day(WATCH, steps=9000)], now=NOW)
    store(device=phone, readings=[day(PHONE, steps=9100)], now=NOW)

    answer = api.put(f"{URL}steps/", {"devices": [str(phone.pk)]})
    first = deliver_all(), steps(ana)
    gone = api.delete(f"{URL}steps/")
    second = deliver_all(), steps(ana)

    assert (answer.status_code, answer.json()) == (
        200,
        {"metric": "steps", "devices": [str(phone.pk)]},
    )
    assert (first, gone.status_code, second) == ((1, 9100), 204, (1, 9000))


def test_an_order_of_sleep_changes_the_night(ana, api):
    watch, ring = garmin(ana), oura(ana)
    store(device=watch, readings=[sleep("theirs", start=at(-1, 5), source=WATCH)], now=NOW)
    store(device=ring, readings=[sleep("ours", deep_sleep=80)], now=NOW)
    before = SleepData.objects.get(role="main").external_id

    api.put(f"{URL}sleep/", {"devices": [str(watch.pk)]})
    deliver_all()

    assert (before, SleepData.objects.get(role="main").external_id) == ("ours", "theirs")


def test_the_same_order_again_changes_nothing(ana, api):
    body = {"devices": [str(oura(ana).pk)]}
    api.put(f"{URL}steps/", body)
    deliver_all()
    before = SourcePriority.objects.values().get(user=ana)

    answers = [api.put(f"{URL}steps/", body).status_code, api.delete(f"{URL}sleep/").status_code]

    assert answers == [200, 204]
    assert deliver_all() == 0
    assert SourcePriority.objects.values().get(user=ana) == before


def test_which_heart_rates_count_is_decided_when_they_are_read(ana, api):
    api.put(f"{URL}heart_rate/", {"devices": [str(oura(ana).pk)]})

    assert deliver_all() == 0


def test_phones_hear_of_an_order_and_of_its_end(ana, api):
    ring = oura(ana)
    cursor = api.get("/api/v1/sync/").json()["cursor"]
    body = {"devices": [str(ring.pk)]}

    api.put(f"{URL}steps/", body)
    made = api.get("/api/v1/sync/", {"cursor": cursor}).json()
    api.delete(f"{URL}steps/")
    gone = api.get("/api/v1/sync/", {"cursor": made["cursor"]}).json()

    assert [one["data"] for one in made["results"]] == [{"metric": "steps", **body}]
    assert [one["deleted"] for one in gone["results"]] == [True]


def test_the_devices_of_others_and_unknown_ones_are_refused_by_their_place(ana, ben, api):
    ours, theirs = str(oura(ana).pk), str(oura(ben).pk)

    answer = api.put(f"{URL}steps/", {"devices": [ours, theirs]})

    assert answer.status_code == 400
    assert [(one["attr"], one["code"]) for one in answer.json()["errors"]] == [
        ("devices.1", "does_not_exist")
    ]
    assert not SourcePriority.objects.exists()


@pytest.mark.parametrize(
    ("devices", "attr"),
    [([], "devices"), (["x"], "devices.0"), ([str(uuid4())] * 2, "devices"), (None, "devices")],
    ids=["none", "no id", "twice", "null"],
)
def test_what_is_no_order_is_refused(api, devices, attr):
    answer = api.put(f"{URL}steps/", {"devices": devices})

    assert answer.status_code == 400
    assert [one["attr"] for one in answer.json()["errors"]] == [attr]
    assert not SourcePriority.objects.exists()


def test_there_is_no_order_of_other_things(api):
    answers = [api.put(f"{URL}mood/", {"devices": []}), api.delete(f"{URL}mood/")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_orders_of_others_stay(ana, bens_api):
    SourcePriorityFactory(user=ana, devices=[str(oura(ana).pk)])

    bens_api.delete(f"{URL}steps/")

    assert SourcePriority.objects.filter(user=ana).count() == 1
    assert not any(row["devices"] for row in bens_api.get(URL).json())


def test_nobody_orders_without_signing_in(anonymous):
    answers = [
        anonymous.get(URL),
        anonymous.put(f"{URL}steps/", {"devices": []}),
        anonymous.delete(f"{URL}steps/"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_the_command_counts_what_is_wrong_and_mends_it(ana, ben, capsys):
    for person in (ana, ben):
        store(device=oura(person), readings=[day(RING, steps=1), sleep()], now=NOW)
    DailyActivity.objects.write(steps=2)

    call_command("settle_wearables", dry_run=True)
    call_command("settle_wearables", user="ben")
    call_command("settle_wearables")
    call_command("settle_wearables")

    assert capsys.readouterr().out.splitlines() == [
        "2 days and 0 sleeps differ.",
        "1 days and 0 sleeps were made anew.",
        "1 days and 0 sleeps were made anew.",
        "0 days and 0 sleeps were made anew.",
    ]
    assert (steps(ana), steps(ben)) == (1, 1)


def test_the_command_knows_whom_it_does_not_know():
    with pytest.raises(CommandError, match="nobody called nobody"):
        call_command("settle_wearables", user="nobody")

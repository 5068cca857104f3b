"""Who stands for everybody who was erased."""

import pytest
from django.contrib.admin.sites import site
from django.test import RequestFactory
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.models import OutboxMessage, User, UserProfile
from users.models.account import DELETED_ID, deleted_user, deleted_user_id
from users.services import accounts

SIGN_UP = "/_allauth/app/v1/auth/signup"
pytestmark = pytest.mark.django_db


def test_nobody_can_be_it_or_find_it(api: APIClient):
    nobody = deleted_user()

    assert (nobody.pk, nobody.username, nobody.is_active) == (DELETED_ID, "deleted-user", False)
    assert not nobody.has_usable_password()
    assert nobody.profile.display_name == "Deleted user"
    assert api.get("/api/v1/users/deleted-user/").status_code == 404
    assert api.get("/api/v1/users/", {"q": "deleted-user"}).json()["results"] == []


def test_it_is_made_once():
    first, second = deleted_user(), deleted_user()

    assert first == second
    assert deleted_user_id() == first.pk
    assert UserProfile.objects.get().display_name == "Deleted user"


def test_a_person_who_had_its_name_keeps_it():
    person = UserFactory(username="deleted-user")

    nobody = deleted_user()

    assert nobody.pk == DELETED_ID
    assert nobody.username.startswith("deleted-user-")
    assert User.objects.get(username="deleted-user") == person


def test_nobody_takes_its_name(anonymous: APIClient):
    body = {"username": "deleted-user", "email": "x@example.com", "password": "long-enough-word"}

    response = anonymous.post(SIGN_UP, body)

    assert response.status_code == 400
    assert not User.objects.exists()


def test_it_is_neither_closed_nor_erased():
    nobody = deleted_user()

    accounts.close_account(user=nobody)
    accounts.erase_account(user_id=str(nobody.pk))

    assert User.objects.get().username == "deleted-user"
    assert not OutboxMessage.objects.exists()


def test_staff_cannot_choose_it_for_erasure(ana: User):
    deleted_user()
    request = RequestFactory().get("/")
    request.user = UserFactory(is_superuser=True)

    erasable = site.get_model_admin(User)._erasable(request, User.objects.all())

    assert list(erasable) == [ana]


@pytest.mark.django_db(transaction=True)
def test_of_several_who_need_it_first_one_makes_it():
    people = at_once(6, lambda _: deleted_user_id())

    assert people == [DELETED_ID] * 6
    assert User.objects.count() == UserProfile.objects.count() == 1

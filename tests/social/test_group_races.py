"""Joining, leaving and ending groups side by side: counts stay exact, nothing is left half."""

import pytest
from django.db import IntegrityError

from social.models import Group, InviteLink, Membership
from social.services import groups, memberships
from social.services.memberships import LinkInvalid
from tests.factories.social import GroupFactory, InviteLinkFactory, MembershipFactory
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def counted(group):
    return Membership.objects.filter(group=group).count()


def owners(group):
    return Membership.objects.filter(group=group, role="owner").count()


def test_a_storm_of_joins_and_leaves_counts_exactly():
    group = GroupFactory()
    people = UserFactory.create_batch(8)

    def act(number):
        person = people[number % 8]
        for _ in range(3):
            groups.join_group(user_id=person.pk, group_id=group.pk)
            if number % 2:
                groups.leave_group(user_id=person.pk, group_id=group.pk)

    at_once(16, act)

    group.refresh_from_db()
    assert group.members_count == counted(group)
    assert owners(group) == 1


def test_the_last_places_of_a_link_are_taken_by_as_many():
    link = InviteLinkFactory(max_uses=3)
    people = UserFactory.create_batch(8)

    def act(number):
        try:
            return memberships.join_by_link(user_id=people[number].pk, code=link.code)[1]
        except LinkInvalid:
            return False

    joined = at_once(8, act)

    link.refresh_from_db()
    group = Group.objects.get()
    assert (sum(joined), link.uses, group.members_count, counted(group)) == (3, 3, 4, 4)


def test_who_joins_a_group_that_ends_is_in_none():
    group = GroupFactory()
    owner_id = group.created_by_id
    people = UserFactory.create_batch(7)
    MembershipFactory.create_batch(3, group=group)

    def act(number):
        try:
            if number == 0:
                groups.delete_group(user_id=owner_id, group_id=group.pk)
            else:
                groups.join_group(user_id=people[number - 1].pk, group_id=group.pk)
        except (Conflict, Group.DoesNotExist, IntegrityError):
            return  # over HTTP a 404 or a 409

    at_once(8, act)

    left = Group.objects.filter(pk=group.pk).first()
    if left is None:
        assert not Membership.objects.exists()
        assert not InviteLink.objects.exists()
    else:
        assert left.members_count == counted(left)


def test_an_owner_who_leaves_alone_never_leaves_somebody_without_one():
    people = UserFactory.create_batch(4)
    clubs = [GroupFactory(created_by=people[0]) for _ in range(3)]

    def act(number):
        for club in clubs:
            try:
                if number == 0:
                    groups.leave_group(user_id=people[0].pk, group_id=club.pk)
                else:
                    groups.join_group(user_id=people[number].pk, group_id=club.pk)
            except (Conflict, Group.DoesNotExist, IntegrityError):
                continue

    at_once(4, act)

    for club in Group.objects.all():
        assert owners(club) == 1
        assert club.members_count == counted(club)

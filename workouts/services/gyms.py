"""What there is to lift, place by place."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from users.models import UserSettings
from users.ownership import advance_clock
from workouts.models import Gym
from workouts.training.loads import default_inventory

Content = Mapping[str, Any]


@transaction.atomic
def create_gym(*, user_id: UUID, object_id: UUID, content: Content, creation_hash: bytes) -> Gym:
    """A gym; the person's first one is where they usually train, unless they say otherwise."""
    advance_clock(user_id)
    is_first = not Gym.objects.filter(user_id=user_id).exists()
    values = {"is_default": is_first, **content}
    if "inventory" not in values:
        system = UserSettings.objects.get(user_id=user_id).measurement_system
        usual = default_inventory("imperial" if system == "imperial" else "metric")
        values["inventory"] = usual.model_dump(mode="json")
    gym = Gym(id=object_id, user_id=user_id, creation_hash=creation_hash, **values)
    _make_room(gym)
    gym.save()
    return gym


@transaction.atomic
def change_gym(*, user_id: UUID, gym_id: UUID, content: Content) -> Gym:
    advance_clock(user_id)
    gym = Gym.objects.get(user_id=user_id, pk=gym_id)
    for name, value in content.items():
        setattr(gym, name, value)
    _make_room(gym)
    gym.save()
    return gym


def _make_room(gym: Gym) -> None:
    """The last gym that became the default one is."""
    if gym.is_default:
        others = Gym.objects.filter(user_id=gym.user_id, is_default=True).exclude(pk=gym.pk)
        others.update(is_default=False)

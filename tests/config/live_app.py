"""The live server as the tests run it: with a topic of theirs, and as patient as they say."""

import os
from uuid import UUID

from django.conf import settings

from config.asgi import application
from users.models import UserProfile
from users.services import live

__all__ = ["application"]

settings.LIVE_LOOK_S = float(os.environ["TEST_LOOK_S"])
settings.LIVE_HEARTBEAT_S = float(os.environ["TEST_HEARTBEAT_S"])
settings.LIVE_STREAM_AGE_S = float(os.environ["TEST_AGE_S"])


def _state(user_id: UUID, key: UUID) -> dict[str, str]:
    return {"name": UserProfile.objects.get(user=key).display_name}


def _is_public(user_id: UUID, key: UUID) -> bool:
    return UserProfile.objects.filter(user=key, visibility="public").exists()


live.topic("profile", authorize=_is_public, state=_state)

"""What everyone gets of social. ana's profile is private, and so is what she wrote."""

import datetime as dt
from typing import Any

from django.utils import timezone

from tests.architecture.world import Case, World
from tests.factories.social import ChallengeFactory, PostFactory


def given(**values: Any) -> Any:
    return lambda world: values


def of(name: str) -> Any:
    return lambda world: getattr(world.joined, name)


def mates_post(world: World) -> dict[str, Any]:
    post = PostFactory(author=world.joined.mate)
    return {"target_type": "post", "target_id": str(post.pk), "reason": "spam"}


def on_a_public_challenge(world: World) -> dict[str, Any]:
    challenge = ChallengeFactory(created_by=world.joined.mate)
    return {"target_type": "challenge", "target_id": str(challenge.pk), "content": "Good luck"}


def new_challenge(world: World) -> dict[str, Any]:
    today = timezone.now().date()
    first, last = (str(today + dt.timedelta(days=days)) for days in (2, 9))
    return {"name": "A", "challenge_type": "workout", "start_date": first, "end_date": last}


NOBODY = given(username="nobody-of-that-name")

SOCIAL: dict[tuple[str, str], Case] = {
    ("achievements/", "GET"): Case(200),
    ("achievements/<uuid:pk>/", "GET"): Case(200, row=of("achievement"), others=200),
    ("achievements/streaks/", "GET"): Case(200),
    ("blocks/", "GET"): Case(200),
    ("challenges/", "GET"): Case(200),
    ("challenges/", "POST"): Case(201, new_challenge),
    ("challenges/<uuid:pk>/", "GET"): Case(200, row=of("challenge")),
    ("challenges/<uuid:pk>/", "PATCH"): Case(200, given(name="X"), row=of("challenge")),
    ("challenges/<uuid:pk>/", "DELETE"): Case(204, row=of("challenge")),
    ("challenges/<uuid:pk>/invitations/", "GET"): Case(200, row=of("challenge")),
    ("challenges/<uuid:pk>/invitations/", "POST"): Case(
        204, lambda w: {"usernames": [w.joined.mate.username]}, row=of("challenge")
    ),
    ("challenges/<uuid:pk>/join/", "POST"): Case(200, row=of("challenge")),
    ("challenges/<uuid:pk>/leaderboard/", "GET"): Case(200, row=of("challenge")),
    # Who is not in it has left it, whether or not there is one.
    ("challenges/<uuid:pk>/leave/", "POST"): Case(204, row=of("challenge"), others=204),
    ("comments/", "GET"): Case(200),
    ("comments/", "POST"): Case(201, on_a_public_challenge),
    ("comments/<uuid:pk>/", "GET"): Case(200, row=of("comment")),
    ("comments/<uuid:pk>/", "PATCH"): Case(200, given(content="X"), row=of("comment")),
    ("comments/<uuid:pk>/", "DELETE"): Case(204, row=of("comment")),
    ("conversations/", "GET"): Case(200),
    ("conversations/", "POST"): Case(
        201, lambda w: {"title": "Trip", "members": [w.joined.mate.username]}
    ),
    ("conversations/<uuid:pk>/", "GET"): Case(200, row=of("conversation")),
    ("conversations/<uuid:pk>/", "PATCH"): Case(200, given(title="X"), row=of("conversation")),
    ("conversations/<uuid:pk>/", "DELETE"): Case(204, row=of("conversation")),
    ("conversations/<uuid:pk>/accept/", "POST"): Case(200, row=of("direct")),
    ("conversations/<uuid:pk>/decline/", "POST"): Case(409, row=of("direct")),
    ("conversations/<uuid:pk>/leave/", "POST"): Case(204, row=of("conversation")),
    ("conversations/<uuid:pk>/members/", "POST"): Case(
        200, lambda w: {"username": w.joined.mate.username}, row=of("conversation")
    ),
    # One leaves instead.
    ("conversations/<uuid:pk>/members/<str:username>/", "DELETE"): Case(
        400, row=of("conversation")
    ),
    ("conversations/<uuid:pk>/messages/", "GET"): Case(200, row=of("conversation")),
    ("conversations/<uuid:pk>/messages/", "POST"): Case(
        201, given(content="Hi"), row=of("conversation")
    ),
    ("conversations/<uuid:pk>/read/", "POST"): Case(
        200, lambda w: {"up_to": str(w.joined.message.pk)}, row=of("direct")
    ),
    ("conversations/unread/", "GET"): Case(200),
    ("explore/", "GET"): Case(200),
    ("feed/", "GET"): Case(200),
    ("follow-requests/", "GET"): Case(200),
    ("follow-requests/<uuid:pk>/accept/", "POST"): Case(200, row=of("asked_to_follow")),
    ("follow-requests/<uuid:pk>/decline/", "POST"): Case(204, row=of("asked_to_follow")),
    ("friend-requests/", "GET"): Case(200),
    ("friend-requests/", "POST"): Case(404, NOBODY),
    ("friend-requests/<uuid:pk>/", "DELETE"): Case(204, row=of("sent_request")),
    ("friend-requests/<uuid:pk>/accept/", "POST"): Case(200, row=of("befriending")),
    ("friend-requests/<uuid:pk>/decline/", "POST"): Case(204, row=of("befriending")),
    ("friends/", "GET"): Case(200),
    ("friends/<str:username>/", "DELETE"): Case(400, others=404),
    ("friends/suggestions/", "GET"): Case(200),
    ("groups/", "GET"): Case(200),
    ("groups/", "POST"): Case(201, given(name="Early birds")),
    ("groups/<uuid:pk>/", "GET"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/", "PATCH"): Case(200, given(name="X"), row=of("group")),
    ("groups/<uuid:pk>/", "DELETE"): Case(204, row=of("group")),
    ("groups/<uuid:pk>/feed/", "GET"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/invite-links/", "GET"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/invite-links/", "POST"): Case(201, given(), row=of("group")),
    ("groups/<uuid:pk>/invite-links/<uuid:link_id>/", "DELETE"): Case(204, row=of("group")),
    ("groups/<uuid:pk>/join/", "POST"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/leave/", "POST"): Case(204, row=of("group")),
    ("groups/<uuid:pk>/members/", "GET"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/members/<str:username>/", "PATCH"): Case(
        200, given(role="owner"), row=of("group")
    ),
    ("groups/<uuid:pk>/members/<str:username>/", "DELETE"): Case(409, row=of("group")),
    ("groups/<uuid:pk>/requests/", "GET"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/requests/<str:username>/accept/", "POST"): Case(200, row=of("group")),
    ("groups/<uuid:pk>/requests/<str:username>/decline/", "POST"): Case(204, row=of("group")),
    ("groups/join-by-link/", "POST"): Case(400, given(code="nobody-gave-this-out")),
    ("hashtags/", "GET"): Case(200),
    ("messages/", "GET"): Case(200),
    ("messages/", "POST"): Case(400, given(receiver="nobody-of-that-name", content="Hi")),
    ("messages/<uuid:pk>/", "GET"): Case(200, row=of("message")),
    ("messages/<uuid:pk>/", "DELETE"): Case(204, row=of("message")),
    ("mutes/", "GET"): Case(200),
    # It is no picture.
    ("pictures/", "POST"): Case(400, given(), multipart=True),
    ("pictures/<uuid:pk>/", "GET"): Case(200, row=of("picture")),
    ("pictures/<uuid:pk>/", "DELETE"): Case(409, row=of("picture")),
    ("pictures/<uuid:pk>/file/", "GET"): Case(200, row=of("picture")),
    ("pictures/<uuid:pk>/thumbnail/", "GET"): Case(200, row=of("picture")),
    ("posts/", "GET"): Case(200),
    ("posts/", "POST"): Case(201, given(content="Hi")),
    ("posts/<uuid:pk>/", "GET"): Case(200, row=of("post")),
    ("posts/<uuid:pk>/", "PATCH"): Case(200, given(content="X"), row=of("post")),
    ("posts/<uuid:pk>/", "DELETE"): Case(204, row=of("post")),
    ("posts/<uuid:pk>/edits/", "GET"): Case(200, row=of("post")),
    ("posts/<uuid:pk>/like/", "POST"): Case(201, row=of("post")),
    ("posts/<uuid:pk>/like/", "DELETE"): Case(204, row=of("post")),
    ("posts/<uuid:pk>/likes/", "GET"): Case(200, row=of("post")),
    ("posts/<uuid:pk>/replies/", "GET"): Case(200, row=of("post")),
    ("posts/<uuid:pk>/replies/", "POST"): Case(201, given(content="Hi"), row=of("post")),
    ("posts/<uuid:pk>/shares/", "GET"): Case(200, row=of("post")),
    ("posts/<uuid:pk>/shares/", "POST"): Case(201, given(content="See"), row=of("post")),
    ("posts/<uuid:pk>/thread/", "GET"): Case(200, row=of("post")),
    ("posts/<uuid:pk>/workout/", "GET"): Case(200, row=of("post")),
    ("posts/visibility/", "POST"): Case(200, given(**{"from": "public", "to": "followers"})),
    ("reports/", "GET"): Case(200),
    ("reports/", "POST"): Case(201, mates_post),
    # Where the stream is served.
    ("stream/", "GET"): Case(307),
    ("users/<str:username>/achievements/", "GET"): Case(200, others=404),
    # Whoever has met a private person somewhere can shut them out.
    ("users/<str:username>/block/", "POST"): Case(400, others=201),
    ("users/<str:username>/block/", "DELETE"): Case(400, others=204),
    ("users/<str:username>/follow/", "POST"): Case(400, others=404),
    ("users/<str:username>/follow/", "DELETE"): Case(400, others=404),
    ("users/<str:username>/follower/", "DELETE"): Case(400, others=404),
    ("users/<str:username>/followers/", "GET"): Case(200, others=404),
    ("users/<str:username>/following/", "GET"): Case(200, others=404),
    ("users/<str:username>/mute/", "POST"): Case(400, others=404),
    ("users/<str:username>/mute/", "DELETE"): Case(400, others=204),
    ("users/<str:username>/relationship/", "GET"): Case(200, others=404),
}

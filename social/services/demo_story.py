"""What ana, ben and cara have been through together, told by the services that people use.

Only when it happened is written by hand afterwards, and ``MARK``, which tells it from what people
do themselves.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from social.models import (
    Challenge,
    ChallengeInvitation,
    ChallengeParticipant,
    ChallengeType,
    Comment,
    FollowRequest,
    FriendRequest,
    Friendship,
    Group,
    GroupAccess,
    GroupRole,
    JoinRequest,
    Like,
    Membership,
    Picture,
    Post,
    PostEdit,
    PostHashtag,
    PostType,
    SocialFollow,
    UserAchievement,
)
from social.services import (
    achievements,
    author_feed,
    challenges,
    comments,
    graph,
    graph_notices,
    groups,
    likes,
    memberships,
    pictures,
    posts,
    standings,
)
from users.ids import uuid7
from users.models.profile import Visibility
from users.ownership import SyncedQuerySet, advance_clock
from users.selectors import today_of
from workouts.models import Workout

# What no phone sends, where the hash of what a phone sent would be.
MARK: Final = hashlib.sha256(b"seed_social").digest()
CLUB: Final = "Easy Miles"
_PICTURE_PX: Final = (480, 320)
_REPLY_AFTER: Final = timedelta(minutes=25)
_LIKE_AFTER: Final = timedelta(minutes=11)
_SCENES: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "key": "block",
        "author": "ana",
        "ago": timedelta(days=18, hours=3),
        "content": "First week of the new block done. The squats felt honest. #strength #squat",
        "type": PostType.MILESTONES,
        "shows_workout": True,
        "liked_by": ("ben", "cara"),
    },
    {
        "key": "river",
        "author": "cara",
        "ago": timedelta(days=12, hours=9),
        "content": "Sunday's long run along the river. Nobody there but the herons. #running",
        "shows_picture": "The sun over hills and a river.",
        "liked_by": ("ana", "ben"),
    },
    {
        "key": "coffee",
        "author": "ben",
        "ago": timedelta(days=9, hours=5),
        "content": "Three sessions this week, all before work. #beginner #strength",
        "visibility": Visibility.FOLLOWERS,
        "liked_by": ("ana", "cara"),
    },
    {
        "key": "slow",
        "author": "cara",
        "ago": timedelta(days=6, hours=2),
        "content": "Easy days easy, hard days hard: run slow to run fast. #running #coaching",
        "shows_workout": True,
        "liked_by": ("ana",),
    },
    {
        "key": "bench",
        "author": "ben",
        "ago": timedelta(days=3, hours=4),
        "content": "A new best on the bench today, and @ana saw it! #bench #strength",
        "before": "A new best on the bench today! #bench #strength",
        "type": PostType.MILESTONES,
        "liked_by": ("ana", "cara"),
    },
    {
        "key": "note",
        "author": "ana",
        "ago": timedelta(days=1, hours=6),
        "content": "Note to myself: sleep before deadlifts. #deadlift",
        "visibility": Visibility.PRIVATE,
    },
)
# (what it answers, who says it, what)
_REPLIES: Final = (
    ("block", "ben", "block 1", "How heavy did you go, @ana?"),
    ("block 1", "ana", "block 2", "82.5 kg for five. Come and spot me next time."),
    ("block 2", "cara", "block 3", "Ask somebody to film it from the side. Depth looked good!"),
    ("river", "ben", "river 1", "At what hour do you get up for this?"),
    ("river 1", "cara", "river 2", "Five. The herons are up already."),
    ("bench", "ana", "bench 1", "I did, and you had one more in you."),
)


@dataclass
class Story:
    """``named`` are the ids of ana, ben and cara, whose clocks the caller has advanced."""

    named: Mapping[str, UUID]
    now: datetime
    known: dict[str, UUID] = field(default_factory=dict)

    def tell(self) -> None:
        self._tie()
        self._post()
        self._reply_and_share()
        self._meet()
        self._compete()
        achievements.award(list(self.named.values()), now=self.now)
        self._comment()
        for author_id in self.named.values():
            author_feed.settle(author_id)

    # --- Ties --------------------------------------------------------------------------------

    def _tie(self) -> None:
        ana, ben, cara = (self.named[name] for name in ("ana", "ben", "cara"))
        begun = self.now - timedelta(days=20)
        graph.befriend(user_id=ana, person_id=ben)
        graph.befriend(user_id=ben, person_id=ana)
        graph.follow(user_id=cara, person_id=ana)
        graph.follow(user_id=cara, person_id=ben)
        graph.follow(user_id=ana, person_id=cara)
        pair = (ana, ben)
        _date(Friendship.objects.filter(user__in=pair, friend__in=pair), begun)
        everybody = (ana, ben, cara)
        follows = SocialFollow.objects.filter(follower__in=everybody, following__in=everybody)
        _date(follows, begun)
        graph.befriend(user_id=cara, person_id=ana)
        _date(FriendRequest.objects.filter(from_user=cara, to_user=ana), self._ago(hours=20))
        # From the days when she let each follower in.
        if not SocialFollow.objects.filter(follower=ben, following=cara).exists():
            request = FollowRequest(follower_id=ben, following_id=cara, creation_hash=MARK)
            request.insert_at(advance_clock(ben))
            graph_notices.promise("follow_requested", user_id=cara, actor_id=ben)

    # --- Posts -------------------------------------------------------------------------------

    def _post(self) -> None:
        for scene in _SCENES:
            author_id, at = self.named[scene["author"]], self.now - scene["ago"]
            content = {
                "content": scene.get("before", scene["content"]),
                "visibility": scene.get("visibility", Visibility.PUBLIC),
                "workout": self._workout(author_id, at) if "shows_workout" in scene else None,
                "media": self._media(author_id, scene, at),
                "type": scene.get("type"),
            }
            post_id, _ = posts.create_post(user_id=author_id, content=content)
            self._date_post(scene["key"], post_id, at)
            if "before" in scene:
                self._edit(author_id, post_id, scene["content"], at + timedelta(minutes=2))
            for number, name in enumerate(scene.get("liked_by", ()), start=1):
                self._like(name, post_id, at + number * _LIKE_AFTER)

    def _reply_and_share(self) -> None:
        for to, name, key, words in _REPLIES:
            parent_id = self.known[to]
            at = Post.objects.values_list("created_at", flat=True).get(pk=parent_id)
            content = {"content": words}
            reply_id, _ = posts.reply(user_id=self.named[name], post_id=parent_id, content=content)
            self._date_post(key, reply_id, at + _REPLY_AFTER)
        share_id, _ = posts.share(
            user_id=self.named["ana"],
            post_id=self.known["river"],
            content={"content": "I would like to have @cara's mornings. #running"},
        )
        self._date_post("share", share_id, self._ago(days=11, hours=20))
        self._like("cara", share_id, self._ago(days=11, hours=19))
        self._like("ana", self.known["river 2"], self._ago(days=11, hours=18))

    def _edit(self, author_id: UUID, post_id: UUID, words: str, at: datetime) -> None:
        posts.edit_post(user_id=author_id, post_id=post_id, content={"content": words})
        Post.objects.filter(pk=post_id).write(edited_at=at, updated_at=at)
        PostEdit.objects.filter(post=post_id).write(edited_at=at)

    def _like(self, name: str, post_id: UUID, at: datetime) -> None:
        person_id = self.named[name]
        likes.like(user_id=person_id, post_id=post_id)
        Like.objects.filter(user=person_id, post=post_id).update(created_at=at)

    def _workout(self, owner_id: UUID, at: datetime) -> UUID | None:
        done = Workout.objects.filter(user=owner_id, finished_at__lte=at)
        return done.order_by("-finished_at").values_list("pk", flat=True).first()

    def _media(self, author_id: UUID, scene: Mapping[str, Any], at: datetime) -> list[Any]:
        if "shows_picture" not in scene:
            return []
        picture, _ = pictures.add_picture(user_id=author_id, upload=drawing())
        _date(Picture.objects.filter(pk=picture.pk), at)
        return [{"picture": picture.pk, "alt_text": scene["shows_picture"]}]

    def _date_post(self, key: str, post_id: UUID, at: datetime) -> None:
        self.known[key] = post_id
        _date(Post.objects.filter(pk=post_id), at)
        PostHashtag.objects.filter(post=post_id).write(posted_at=at)

    # --- Groups ------------------------------------------------------------------------------

    def _meet(self) -> None:
        """A club that everybody reads, and one whose owner lets people in."""
        ana, ben, cara = (self.named[name] for name in ("ana", "ben", "cara"))
        words = "Slow kilometers and fast coffee, every Saturday."
        club = self._group("cara", CLUB, words, GroupAccess.PUBLIC, days=17)
        for person_id in (ana, ben):
            groups.join_group(user_id=person_id, group_id=club)
        memberships.change_role(acting_id=cara, user_id=ana, group_id=club, role=GroupRole.ADMIN)
        words = "For those who count plates. Tell us your squat when you ask."
        barbell = self._group("ana", "Barbell Club", words, GroupAccess.REQUEST, days=15)
        groups.join_group(user_id=ben, group_id=barbell)
        memberships.accept_request(acting_id=ana, user_id=ben, group_id=barbell)
        groups.join_group(user_id=cara, group_id=barbell)
        _date(JoinRequest.objects.filter(user=cara, group=barbell), self._ago(hours=30))
        content = {"content": "Saturday, eight o'clock, at the bridge: ten easy kilometers?"}
        post_id, _ = posts.create_post(user_id=cara, content={**content, "group": club})
        self._date_post("saturday", post_id, self._ago(days=4))
        content = {"content": "In. I bring the coffee. #running"}
        reply_id, _ = posts.reply(user_id=ben, post_id=post_id, content=content)
        self._date_post("saturday 1", reply_id, self._ago(days=4) + _REPLY_AFTER)
        self._like("ana", post_id, self._ago(days=3, hours=22))

    def _group(self, name: str, title: str, words: str, access: str, *, days: int) -> UUID:
        group_id = self.known[title] = uuid7()
        content = {"name": title, "description": words, "access": access}
        groups.create_group(
            user_id=self.named[name], object_id=group_id, content=content, creation_hash=MARK
        )
        _date(Group.objects.filter(pk=group_id), self._ago(days=days))
        _date(Membership.objects.filter(group=group_id), self._ago(days=days))
        return group_id

    # --- Challenges --------------------------------------------------------------------------

    def _compete(self) -> None:
        """One that is over, one that runs, one of a group, and one to come."""
        ana, ben, cara = (self.named[name] for name in ("ana", "ben", "cara"))
        done = self._challenge("ana", "Two weeks, ten sessions", begins=-24, days=14, target=10)
        self._join(done, ana, ben, cara, days=24)
        standings.finish(done, now=self._ago(days=7))
        running = self._challenge("cara", "Twelve sessions", begins=-10, days=24, target=12)
        self._join(running, ana, ben, cara, days=10)
        tons = self._challenge(
            "ana",
            "Ten tons in a week",
            begins=-3,
            days=7,
            challenge_type=ChallengeType.VOLUME,
            target=10_000,
            group=self.known["Barbell Club"],
        )
        self._join(tons, ana, ben, days=3)
        coming = self._challenge(
            "cara",
            "A marathon in a week",
            begins=5,
            days=7,
            challenge_type=ChallengeType.DISTANCE,
            target=42.195,
        )
        self._join(coming, cara, days=1)
        challenges.invite(user_id=cara, challenge_id=coming, usernames=["ana"])
        _date(ChallengeInvitation.objects.filter(challenge=coming), self._ago(days=1))

    def _challenge(
        self,
        name: str,
        title: str,
        *,
        begins: int,
        days: int,
        challenge_type: str = ChallengeType.WORKOUT,
        target: float | None = None,
        group: UUID | None = None,
    ) -> UUID:
        user_id, challenge_id = self.named[name], uuid7()
        self.known[title] = challenge_id
        first = self._day(user_id) + timedelta(days=begins)
        content = {
            "name": title,
            "description": "Every session counts, a short one too.",
            "challenge_type": challenge_type,
            "start_date": first,
            "end_date": first + timedelta(days=days - 1),
            "target": target,
            "group_id": group,
        }
        at = self._ago(days=max(1, -begins))
        challenges.create_challenge(
            user_id=user_id, object_id=challenge_id, content=content, creation_hash=MARK, now=at
        )
        _date(Challenge.objects.filter(pk=challenge_id), at)
        return challenge_id

    def _join(self, challenge_id: UUID, *user_ids: UUID, days: int) -> None:
        at = self._ago(days=days)
        for user_id in user_ids:
            challenges.join(user_id=user_id, challenge_id=challenge_id, now=at)
        parts = ChallengeParticipant.objects.filter(challenge=challenge_id)
        _date(parts, at)
        parts.write(joined_at=at)
        standings.recompute(challenge_id, now=self.now)

    # --- Comments ----------------------------------------------------------------------------

    def _comment(self) -> None:
        ana = self.named["ana"]
        published = Workout.objects.filter(user=ana, is_public=True).order_by("-date")
        earned = UserAchievement.objects.filter(user=ana, achievement__code="workouts_100")
        for name, kind, target_id, words in (
            ("ben", "workout", published.values_list("pk", flat=True).first(), "Solid work!"),
            ("cara", "achievement", earned.values_list("pk", flat=True).first(), "Well earned."),
            ("ben", "challenge", self.known["Twelve sessions"], "Slow and steady, watch me."),
        ):
            if target_id is not None:
                self._say(self.named[name], kind, target_id, words)

    def _say(self, user_id: UUID, kind: str, target_id: UUID, words: str) -> None:
        comment = comments.add_comment(
            user_id=user_id,
            object_id=uuid7(),
            target_type=kind,
            target_id=target_id,
            content=words,
            creation_hash=MARK,
        )
        _date(Comment.objects.filter(pk=comment.pk), self._ago(hours=16))

    # --- Time --------------------------------------------------------------------------------

    def _ago(self, **length: int) -> datetime:
        return self.now - timedelta(**length)

    def _day(self, user_id: UUID) -> date:
        return today_of(user_id, now=self.now)


def _date(rows: SyncedQuerySet[Any], at: datetime) -> None:
    """Have these rows be from then, and of the demo."""
    rows.write(created_at=at, updated_at=at, creation_hash=MARK)


def drawing() -> ContentFile[bytes]:
    """The sun over hills and a river, a few kB large."""
    width, height = _PICTURE_PX
    picture = Image.new("RGB", _PICTURE_PX, "#f6c28b")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((310, 50, 390, 130), fill="#fff3d6")
    for base, swing, color in ((190, 26, "#7d8ca3"), (230, 18, "#4f6d5a")):
        ridge = [(x, base + swing * math.sin((x + base) / 60)) for x in range(0, width + 1, 8)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=color)
    draw.polygon([(150, height), (250, 255), (262, 255), (330, height)], fill="#a9cbe0")
    stored = BytesIO()
    picture.save(stored, "PNG")
    return ContentFile(stored.getvalue(), name="river.png")

"""The feed is what a plain reading of its rules finds, on every page, for whoever follows many."""

import datetime as dt
from random import Random

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from social.models import Friendship, GroupAccess, Mute, Post, SocialFollow
from social.selectors.feed import feed_page
from social.selectors.people import hidden_from
from social.selectors.posts import PostFilter, explore_page, post_page
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    FriendshipFactory,
    GroupFactory,
    MembershipFactory,
    MuteFactory,
)
from tests.factories.users import UserFactory
from tests.social.crowd import add_people, add_post, add_public_posts, follow, show_in_feeds
from users.keyset import Place
from users.models import User, UserProfile

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
FOLLOWED = 5_000


@pytest.fixture
def crowd():
    """Builds people who follow, befriend, block and mute each other, and their posts."""

    def build(seed):
        random = Random(seed)
        people = [UserFactory() for _ in range(7)]
        for one in people:
            for other in people:
                if one != other:
                    _tie(random, one, other)
        for person in people[1:]:
            visibility = random.choice(["public", "public", "public", "followers", "private"])
            UserProfile.objects.filter(pk=person.pk).update(visibility=visibility)
        # Those who have left do not read.
        User.objects.filter(pk__in=random.sample([one.pk for one in people[3:]], 1)).update(
            is_active=False
        )
        groups = [GroupFactory(created_by=people[1], access=kind) for kind in GroupAccess.values]
        MembershipFactory(group=groups[1], user=people[0])
        for _ in range(70):
            _post(random, people, groups)
        show_in_feeds()
        return people

    return build


def _tie(random, one, other):
    if random.random() < 0.5:
        FollowFactory(follower=one, following=other)
    if one.pk < other.pk and random.random() < 0.2:
        FriendshipFactory(user=one, friend=other)
    if random.random() < 0.04:
        BlockFactory(user=one, blocked=other)
    if random.random() < 0.2:
        days = random.choice([None, -1, 1])
        until = None if days is None else timezone.now() + dt.timedelta(days=days)
        MuteFactory(user=one, muted=other, muted_until=until)


def _post(random, people, groups):
    author = random.choice(people)
    fate = random.random()
    roots = Post.objects.filter(parent=None).order_by("pk")
    values = {
        # Several at one instant: their keys tell them apart.
        "at": NOON + dt.timedelta(minutes=random.randrange(30)),
        "visibility": random.choice(["public", "public", "followers", "private"]),
        "type": random.choice(["thoughts", "milestones"]),
        "deleted_at": NOON if fate < 0.1 else None,
        "group": random.choice(groups).pk if 0.1 <= fate < 0.25 else None,
    }
    if 0.25 <= fate < 0.35 and roots:
        root = random.choice(list(roots))
        values |= {"parent": root.pk, "root": root.pk, "group": root.group_id}
    add_post(author=author.pk, **values)


def expected_feed(viewer):
    """By the rules alone, one post after the other."""
    tied = {row.following_id for row in SocialFollow.objects.filter(follower=viewer)}
    tied |= {row.friend_id for row in Friendship.objects.filter(user=viewer)}
    now = timezone.now()
    tied -= {
        row.muted_id
        for row in Mute.objects.filter(user=viewer)
        if row.muted_until is None or row.muted_until > now
    }
    tied -= hidden_from(viewer.pk)
    posts = Post.objects.filter(deleted_at=None, parent=None, group=None)
    shown = [
        post
        for post in posts.select_related("author__profile")
        if post.author_id == viewer.pk
        or (
            post.author_id in tied
            and post.author.is_active
            and "private" not in {post.visibility, post.author.profile.visibility}
        )
    ]
    return [post.pk for post in sorted(shown, key=lambda p: (p.created_at, p.pk), reverse=True)]


def walk(listed, viewer, *, size=7, place=None, between=lambda: None, **narrowed):
    """All rows of a list from a place on, page by page."""
    hidden = hidden_from(viewer.pk)
    backwards = place is not None and place.backwards
    found = []
    while True:
        page = listed(viewer_id=viewer.pk, hidden=hidden, size=size, place=place, **narrowed)
        ids = [row["id"] for row in page.rows]
        found = ids + found if backwards else found + ids
        if not page.more:
            return found
        assert len(ids) == size
        end = page.rows[0 if backwards else -1]
        place = Place(key=(end["created_at"], end["id"]), backwards=backwards)
        between()


@pytest.mark.parametrize("seed", range(4))
def test_all_pages_are_what_the_rules_say_while_people_post(crowd, seed):
    people = crowd(seed)
    later = iter(range(10_000))

    def somebody_posts():
        for author in people:
            add_post(author=author.pk, at=NOON + dt.timedelta(days=1, seconds=next(later)))
        show_in_feeds()

    for viewer in people[:3]:
        expected = expected_feed(viewer)
        found = walk(feed_page, viewer, between=somebody_posts)

        assert found == expected
        visible = Post.objects.visible_to(viewer.pk, hidden=hidden_from(viewer.pk))
        assert visible.filter(pk__in=found).count() == len(found)


@pytest.mark.parametrize("seed", [6, 7])
def test_the_pages_back_hold_what_came_meanwhile_as_well(crowd, seed):
    people = crowd(seed)
    viewer = people[0]
    before = expected_feed(viewer)
    last = Post.objects.get(pk=before[-1])
    for second, author in enumerate(people):
        add_post(author=author.pk, at=NOON + dt.timedelta(days=1, seconds=second))
    show_in_feeds()

    back = walk(
        feed_page, viewer, place=Place(key=(last.created_at, last.pk), backwards=True), size=5
    )

    assert back == expected_feed(viewer)[:-1]
    assert len(back) > len(before)


@pytest.mark.parametrize("seed", [8, 9])
def test_a_type_narrows_every_page(crowd, seed):
    viewer = crowd(seed)[0]
    milestones = set(Post.objects.filter(type="milestones").values_list("pk", flat=True))

    found = walk(feed_page, viewer, size=3, type="milestones")

    assert found == [post for post in expected_feed(viewer) if post in milestones]


@pytest.mark.parametrize("seed", [10, 11, 12])
def test_the_list_of_all_posts_is_what_the_viewer_may_read_outside_of_groups(crowd, seed):
    viewer = crowd(seed)[0]
    hidden = hidden_from(viewer.pk)
    visible = Post.objects.visible_to(viewer.pk, hidden=hidden).live().order_by()
    muted = Mute.objects.filter(user=viewer).filter(
        Q(muted_until=None) | Q(muted_until__gt=timezone.now())
    )
    alone = visible.filter(parent=None, group=None).exclude(author__in=muted.values("muted"))

    found = walk(post_page, viewer, narrowed=PostFilter())

    assert found == list(alone.order_by("-created_at", "-pk").values_list("pk", flat=True))


@pytest.mark.parametrize("seed", [15, 16])
def test_the_posts_of_each_author_are_those_that_the_queryset_finds(crowd, seed):
    people = crowd(seed)
    viewer = people[0]
    visible = Post.objects.visible_to(viewer.pk, hidden=hidden_from(viewer.pk)).live()

    for author in people:
        found = walk(post_page, viewer, narrowed=PostFilter(author=author.pk))
        expected = visible.filter(author=author, parent=None).order_by("-created_at", "-pk")
        assert found == list(expected.values_list("pk", flat=True))


@pytest.mark.parametrize("seed", [13, 14])
def test_what_explore_shows_is_for_everybody(crowd, seed):
    viewer = crowd(seed)[0]
    found = walk(explore_page, viewer)
    stranger = UserFactory()

    visible = Post.objects.visible_to(stranger.pk, hidden=[]).filter(pk__in=found)

    assert found
    assert visible.count() == len(found)


@pytest.fixture
def busy():
    """Somebody who follows 5,000 others, of whom each posts in their own minute."""
    viewer = UserFactory()
    people = add_people(FOLLOWED)
    follow(viewer.pk, people)
    minutes = enumerate(people * 4)
    add_public_posts((person, NOON + dt.timedelta(minutes=n)) for n, person in minutes)
    show_in_feeds()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return viewer


def plan_of(act):
    """The plan of the one query of a call, as PostgreSQL ran it."""
    plans = []

    def explain(execute, sql, parameters, many, context):
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"
        with connection.connection.cursor() as cursor:
            cursor.execute(explained, parameters)
            plans.append(cursor.fetchone()[0])
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explain):
        act()
    [[plan]] = plans
    return plan["Plan"]


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_a_page_of_one_who_follows_5000_reads_few_pages_of_the_database(busy):
    plan = plan_of(lambda: feed_page(viewer_id=busy.pk, hidden=[], size=20, place=None))

    assert plan["Actual Rows"] == 21
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 5_000
    scanned = {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
    assert not scanned & {"social_post", "social_authorfeed", "users_user", "users_userprofile"}


def test_a_later_page_reads_only_authors_who_posted_since(busy):
    page = feed_page(viewer_id=busy.pk, hidden=[], size=100, place=None)
    place = Place(key=(page.rows[-1]["created_at"], page.rows[-1]["id"]))

    plan = plan_of(lambda: feed_page(viewer_id=busy.pk, hidden=[], size=20, place=place))

    probes = [node for node in nodes(plan) if node.get("Relation Name") == "social_post"]
    # 100 have posted since, or just then; 21 more may fill the page; and the reader.
    assert [node["Actual Loops"] for node in probes] == [100 + 21 + 1]

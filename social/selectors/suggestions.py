"""Whom a person may know already."""

from typing import Any, Final, LiteralString
from uuid import UUID

from social.selectors import people
from users.keyset import fetch

# How far it looks, newest first, so that it costs the same for whoever knows thousands.
_REACH: Final = {"near": 100, "beyond": 50, "groups": 20}
# A friend in common says more than somebody whom both follow.
_WEIGHTS: Final = {"friend_weight": 3, "follow_weight": 1, "group_weight": 1}
_SUGGESTED: LiteralString = """
    WITH friend AS (
        SELECT tie.friend_id AS id FROM social_friendship tie
        WHERE tie.user_id = %(person)s
        ORDER BY tie.created_at DESC, tie.id DESC LIMIT %(near)s
    ), followed AS (
        SELECT tie.following_id AS id FROM social_socialfollow tie
        WHERE tie.follower_id = %(person)s
        ORDER BY tie.created_at DESC, tie.id DESC LIMIT %(near)s
    ), joined AS (
        SELECT member.group_id AS id FROM social_membership member
        WHERE member.user_id = %(person)s
        ORDER BY member.date_joined DESC, member.id DESC LIMIT %(groups)s
    ), met AS (
        SELECT theirs.friend_id AS id, 1 AS friends, 0 AS follows, 0 AS groups
        FROM friend
        JOIN users_user known ON known.id = friend.id AND known.is_active
        JOIN users_userprofile shown ON shown.user_id = friend.id
            AND shown.visibility <> 'private'
        CROSS JOIN LATERAL (
            SELECT tie.friend_id FROM social_friendship tie WHERE tie.user_id = friend.id
            ORDER BY tie.created_at DESC, tie.id DESC LIMIT %(beyond)s
        ) theirs
        UNION ALL
        SELECT theirs.following_id, 0, 1, 0
        FROM followed
        JOIN users_user known ON known.id = followed.id AND known.is_active
        JOIN users_userprofile shown ON shown.user_id = followed.id
            AND shown.visibility <> 'private'
        CROSS JOIN LATERAL (
            SELECT tie.following_id FROM social_socialfollow tie
            WHERE tie.follower_id = followed.id
            ORDER BY tie.created_at DESC, tie.id DESC LIMIT %(beyond)s
        ) theirs
        UNION ALL
        SELECT theirs.user_id, 0, 0, 1
        FROM joined CROSS JOIN LATERAL (
            SELECT member.user_id FROM social_membership member WHERE member.group_id = joined.id
            ORDER BY member.date_joined DESC, member.id DESC LIMIT %(beyond)s
        ) theirs
    ), ranked AS (
        SELECT met.id, sum(friends) AS friends_in_common, sum(follows) AS follows_in_common,
            sum(groups) AS groups_in_common,
            %(friend_weight)s * sum(friends) + %(follow_weight)s * sum(follows)
                + %(group_weight)s * sum(groups) AS score
        FROM met
        WHERE met.id <> %(person)s AND met.id <> ALL(%(hidden)s::uuid[])
            AND NOT EXISTS (SELECT FROM social_friendship tie
                WHERE tie.user_id = %(person)s AND tie.friend_id = met.id)
            AND NOT EXISTS (SELECT FROM social_socialfollow tie
                WHERE tie.follower_id = %(person)s AND tie.following_id = met.id)
            AND NOT EXISTS (SELECT FROM social_followrequest tie
                WHERE tie.follower_id = %(person)s AND tie.following_id = met.id)
            AND NOT EXISTS (SELECT FROM social_friendrequest tie
                WHERE (tie.from_user_id, tie.to_user_id)
                    IN ((%(person)s, met.id), (met.id, %(person)s)))
            AND NOT EXISTS (SELECT FROM social_mute tie
                WHERE tie.user_id = %(person)s AND tie.muted_id = met.id)
        GROUP BY met.id
    )
    SELECT person.id, person.username, profile.display_name, profile.avatar,
        profile.avatar_thumbnail, profile.avatar_url, ranked.friends_in_common,
        ranked.follows_in_common, ranked.groups_in_common
    FROM ranked
    JOIN users_user person ON person.id = ranked.id AND person.is_active
    JOIN users_userprofile profile ON profile.user_id = person.id
        AND profile.visibility <> 'private'
    ORDER BY ranked.score DESC, person.id DESC LIMIT %(limit)s
"""


def suggested_friends(user_id: UUID, *, limit: int) -> list[dict[str, Any]]:
    """Friends of friends, who is followed by whom the person follows, and who shares a group.

    The likeliest first. Without whoever is tied to the person already, muted, hidden, private or
    not active. What it reads does not grow with how many people the person knows.
    """
    return fetch(
        _SUGGESTED,
        {
            "person": user_id,
            "hidden": list(people.hidden_from(user_id)),
            "limit": limit,
            **_REACH,
            **_WEIGHTS,
        },
    )

"""Who may read a post, as conditions in SQL: PostQuerySet.visible_to says the same to the ORM.

They stand in a query that calls the post ``p`` and its author ``author``, and has the parameters
``viewer`` and ``hidden``.
"""

from typing import Final, LiteralString

# Of whom the viewer may see anything at all. A deleted post has no author to hide.
PRESENT: Final[LiteralString] = """
    p.user_id <> ALL(%(hidden)s::uuid[]) AND (author.is_active OR p.deleted_at IS NOT NULL)
"""
# Each is asked for the few posts in question. For EXISTS, PostgreSQL at times reads all that there
# are: everybody followed, or every beginning.
_TIED: Final[LiteralString] = """
    (
        SELECT true FROM social_socialfollow f
        WHERE f.follower_id = %(viewer)s AND f.following_id = root.user_id
    ) IS NOT NULL OR (
        SELECT true FROM social_friendship f
        WHERE f.user_id = %(viewer)s AND f.friend_id = root.user_id
    ) IS NOT NULL
"""
_OF_GROUP: Final[LiteralString] = """
    (
        SELECT true FROM social_group g WHERE g.id = root.group_id AND g.access = 'public'
    ) IS NOT NULL OR (
        SELECT true FROM social_membership m
        WHERE m.user_id = %(viewer)s AND m.group_id = root.group_id
    ) IS NOT NULL
"""
_AUDIENCE: Final[LiteralString] = f"""
            WHEN root.group_id IS NOT NULL THEN {_OF_GROUP}
            WHEN root.user_id = %(viewer)s THEN true
            WHEN 'private' IN (root.visibility, profile.visibility) THEN false
            WHEN 'followers' IN (root.visibility, profile.visibility) THEN {_TIED}
            ELSE true
        END
"""
_ROOT: Final[LiteralString] = """
        FROM social_post root
        JOIN users_user beginner ON beginner.id = root.user_id
        JOIN users_userprofile profile ON profile.user_id = root.user_id
        WHERE root.id = p.root_id
            AND root.user_id <> ALL(%(hidden)s::uuid[])
            AND (beginner.is_active OR root.deleted_at IS NOT NULL)
"""
# A conversation is read, as a whole, by whom its beginning is for.
CONVERSATION: Final[LiteralString] = f"{PRESENT} AND (SELECT CASE {_AUDIENCE} {_ROOT})"
# One's own words in it are one's own, whoever it is for by now.
VISIBLE: Final[LiteralString] = f"""
    {PRESENT} AND (
        SELECT CASE WHEN %(viewer)s IN (p.user_id, root.user_id) THEN true {_AUDIENCE} {_ROOT}
    )
"""

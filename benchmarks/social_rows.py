"""What people tell each other, as SQL that makes the same rows each time it is run.

``{posts}``, ``{people}`` and the like are numbers; everything else follows from the number of a
row, by ``pg_temp.draw``. The first of the people are the visitors, and every tenth post replies to
an earlier one.
"""

FUNCTIONS = """
    CREATE FUNCTION pg_temp.draw(number bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE
    AS $$ SELECT (hashint8extended(number, salt) & 16777215)::float8 / 16777216 $$;
    CREATE FUNCTION pg_temp.key_of(made_at timestamptz, number bigint, salt int) RETURNS uuid
    LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex((extract(epoch FROM made_at) * 1000)::bigint), 12, '0') || '7'
            || left(md5(number || ':' || salt), 3) || '8'
            || right(md5(number || ':' || salt), 15))::uuid
    $$;
    CREATE TEMPORARY TABLE person AS
    SELECT row_number() OVER (ORDER BY username) - 1 AS number, id FROM users_user;
    CREATE UNIQUE INDEX ON person (number);
    CREATE INDEX ON person (id);
    ANALYZE person;
"""
# Half of the people write most of what is written.
DRAFTS = """
    CREATE TEMPORARY TABLE draft AS
    SELECT n, made_at, pg_temp.key_of(made_at, n, 1) AS id,
        {people} - 1 - floor({people} * pg_temp.draw(n, 2) ^ 2)::int AS author,
        CASE WHEN n % 20 = 0 OR pg_temp.draw(n, 3) < 0.7 THEN 'public'
            WHEN pg_temp.draw(n, 3) < 0.95 THEN 'followers' ELSE 'private' END AS visibility,
        CASE WHEN n % 10 = 9 THEN greatest(0, n - 9 - 10 * floor(50 * pg_temp.draw(n, 4))::int)
            END AS parent,
        CASE WHEN n % 20 = 3 THEN greatest(0, n - 3 - 20 * floor(50 * pg_temp.draw(n, 4))::int)
            END AS shared,
        n % 100 = 57 AS is_deleted
    FROM (
        SELECT n, %(begin)s::timestamptz + n * (interval '365 days' / {posts}) AS made_at
        FROM generate_series(0, {posts} - 1) AS n
    ) one;
    CREATE UNIQUE INDEX ON draft (n);
    ANALYZE draft;
"""
POSTS = """
    INSERT INTO social_post (id, revision, created_at, updated_at, user_id, content, type,
        workout_id, parent_id, root_id, shared_post_id, visibility, likes_count, comments_count,
        shares_count, deleted_at)
    SELECT d.id, d.n + 1, d.made_at, d.made_at, author.id,
        CASE WHEN d.is_deleted THEN '' ELSE (ARRAY[
            'Five sets of squats, and the last one was the best of them.',
            'Ran along the river before work, slower than last week but further.',
            'Rest day. I baked bread instead and counted nothing at all.',
            'New shoes, new route, the same old hill at the end of it.',
            'Bench press felt light today, so there will be more next time.'
        ])[1 + d.n % 5] || ' Day ' || d.n || ', ' || (ARRAY[
            'thanks to everybody who came along.', 'see you on Sunday.',
            'and tomorrow it is legs.', 'ask me again in a month.'
        ])[1 + d.n % 4] END,
        (ARRAY['thoughts', 'media', 'milestones'])[1 + d.n % 3],
        CASE WHEN d.n % 2 = 0 THEN trained.id END, parent.id, coalesce(parent.id, d.id), shared.id,
        coalesce(parent.visibility, d.visibility), CASE WHEN d.n % 5 = 0 THEN 3 ELSE 0 END,
        coalesce(replies.number, 0), coalesce(shares.number, 0),
        CASE WHEN d.is_deleted THEN d.made_at + interval '1 hour' END
    FROM draft d
    JOIN person author ON author.number = d.author
    LEFT JOIN workouts_workout trained ON trained.user_id = author.id
    LEFT JOIN draft parent ON parent.n = d.parent
    LEFT JOIN draft shared ON shared.n = d.shared
    LEFT JOIN (SELECT parent AS n, count(*) AS number FROM draft GROUP BY parent) replies
        ON replies.n = d.n
    LEFT JOIN (SELECT shared AS n, count(*) AS number FROM draft GROUP BY shared) shares
        ON shares.n = d.n
    ORDER BY d.n
"""
PARTS_OF_POSTS = """
    INSERT INTO social_hashtag (id, name)
    SELECT pg_temp.key_of(%(begin)s, n, 10), 'tag' || n FROM generate_series(1, 200) AS n;
    INSERT INTO social_posthashtag (id, user_id, post_id, hashtag_id, posted_at)
    SELECT pg_temp.key_of(d.made_at, d.n * 2 + place, 11), author.id, d.id,
        pg_temp.key_of(%(begin)s, 1 + (floor(199 * pg_temp.draw(d.n, 12) ^ 3)::int + place) % 200,
            10), d.made_at
    FROM draft d JOIN person author ON author.number = d.author, generate_series(0, 1) AS place
    WHERE NOT d.is_deleted AND pg_temp.draw(d.n, 13) < 0.3 - 0.2 * place ORDER BY d.n;
    INSERT INTO social_postmedia (id, user_id, post_id, media_type, media_url, thumbnail_url,
        alt_text, "order")
    SELECT pg_temp.key_of(d.made_at, d.n, 14), author.id, d.id, 'image',
        'https://images.numeneon.example/' || d.n || '.webp',
        'https://images.numeneon.example/' || d.n || '-small.webp', 'In the gym', 0
    FROM draft d JOIN person author ON author.number = d.author
    WHERE NOT d.is_deleted AND pg_temp.draw(d.n, 15) < 0.2 ORDER BY d.n;
    INSERT INTO social_mention (id, user_id, post_id, person_id)
    SELECT pg_temp.key_of(d.made_at, d.n, 16), author.id, d.id, named.id
    FROM draft d JOIN person author ON author.number = d.author
    JOIN person named ON named.number = floor({people} * pg_temp.draw(d.n, 17))::int
    WHERE NOT d.is_deleted AND pg_temp.draw(d.n, 18) < 0.1 ORDER BY d.n;
    INSERT INTO social_like (id, user_id, post_id, created_at)
    SELECT pg_temp.key_of(d.made_at, d.n * 3 + place, 19), liker.id, d.id, d.made_at
    FROM draft d CROSS JOIN generate_series(0, 2) AS place
    JOIN person liker
        ON liker.number = (floor({people} * pg_temp.draw(d.n, 20))::int + place * 17) % {people}
    WHERE d.n % 5 = 0 ORDER BY d.n;
    INSERT INTO social_authorfeed (user_id, last_post_at, last_post_id)
    SELECT DISTINCT ON (user_id) user_id, created_at, id FROM social_post
    WHERE deleted_at IS NULL AND parent_id IS NULL AND group_id IS NULL
        AND visibility <> 'private'
    ORDER BY user_id, created_at DESC, id DESC;
"""
# Of the visitors, a third each follows as many as one of the circles says; the steps are prime,
# so that nobody is followed twice. Everybody else follows four.
TIES = """
    CREATE TEMPORARY TABLE tie AS
    SELECT v AS follower, {visitors} + (v * 613 + place * 7919) % ({people} - {visitors})
        AS following, place
    FROM generate_series(0, {visitors} - 1) AS v,
        generate_series(1, (%(circles)s::int[])[1 + v % cardinality(%(circles)s::int[])]) AS place
    UNION ALL
    SELECT n, {visitors} + (n - {visitors} + place * 101) % ({people} - {visitors}), place
    FROM generate_series({visitors}, {people} - 1) AS n, generate_series(1, 4) AS place;
    INSERT INTO social_socialfollow (id, revision, created_at, updated_at, follower_id,
        following_id)
    SELECT pg_temp.key_of(%(begin)s, follower * 5001 + place, 21), place, %(begin)s, %(begin)s,
        one.id, other.id
    FROM tie JOIN person one ON one.number = follower JOIN person other ON other.number = following
    ORDER BY pg_temp.draw(follower * 5001 + place, 22);
    INSERT INTO social_friendship (id, revision, created_at, updated_at, user_id, friend_id)
    SELECT pg_temp.key_of(%(begin)s, follower * 100 + place * 2 + way, 23), place, %(begin)s,
        %(begin)s, CASE way WHEN 0 THEN one.id ELSE other.id END,
        CASE way WHEN 0 THEN other.id ELSE one.id END
    FROM tie JOIN person one ON one.number = follower
    JOIN person other ON other.number = following, generate_series(0, 1) AS way
    WHERE follower < {visitors} AND place BETWEEN 11 AND 20;
    INSERT INTO social_mute (id, revision, created_at, updated_at, user_id, muted_id,
        hide_notifications)
    SELECT pg_temp.key_of(%(begin)s, follower * 100 + place, 24), place, %(begin)s, %(begin)s,
        one.id, other.id, true
    FROM tie JOIN person one ON one.number = follower JOIN person other ON other.number = following
    WHERE follower < {visitors} AND place <= 3;
"""
STANDINGS = """
    INSERT INTO social_challenge (id, revision, created_at, updated_at, created_by_id, name,
        description, challenge_type, start_date, end_date, is_public, late_entry_hours,
        participant_count, ranked_at)
    SELECT pg_temp.key_of(%(begin)s, 1, 30), 1, %(begin)s, %(begin)s, id, 'A year of lifting',
        'Who lifts most from January to December.', 'volume', %(begin)s::date,
        %(begin)s::date + 364, true, 12, {participants}, %(begin)s::timestamptz + interval '1 year'
    FROM person WHERE number = {visitors};
    INSERT INTO social_challengeparticipant (id, revision, created_at, updated_at, user_id,
        challenge_id, joined_at, counts_from, current_progress, rank, is_stale)
    SELECT pg_temp.key_of(joined_at, number, 31), 2, joined_at, joined_at, id,
        pg_temp.key_of(%(begin)s, 1, 30), joined_at, joined_at::date, progress,
        rank() OVER (ORDER BY progress DESC), false
    FROM (
        SELECT number, id, floor(200000 * pg_temp.draw(number, 32) ^ 2) / 2 AS progress,
            %(begin)s::timestamptz + number * interval '1 minute' AS joined_at
        FROM person WHERE number < {participants}
    ) one
    ORDER BY number;
"""
# Each visitor talks with two people and in a group of five; the others talk in pairs.
CONVERSATIONS = """
    CREATE TEMPORARY TABLE talk AS
    SELECT number, pg_temp.key_of(%(begin)s, number, 40) AS id, kind, length,
        %(begin)s::timestamptz + interval '20 minutes' * pg_temp.draw(number, 41) AS begun_at,
        members
    FROM (
        SELECT v * 3 + place AS number, CASE WHEN place = 2 THEN 'group' ELSE 'direct' END AS kind,
            {messages} AS length, CASE WHEN place = 2
                THEN ARRAY[v, 1060 + v * 4, 1061 + v * 4, 1062 + v * 4, 1063 + v * 4]
                ELSE ARRAY[v, {visitors} + v * 2 + place] END AS members
        FROM generate_series(0, {visitors} - 1) AS v, generate_series(0, 2) AS place
        UNION ALL
        SELECT 1000 + n, 'direct', 10, ARRAY[400 + 2 * n, 401 + 2 * n]
        FROM generate_series(0, {pairs} - 1) AS n
    ) one;
    INSERT INTO social_conversation (id, kind, direct_key, title, created_by_id, created_at,
        last_message_at)
    SELECT t.id, t.kind, CASE t.kind WHEN 'group' THEN ''
            ELSE least(one.id, other.id) || ':' || greatest(one.id, other.id) END,
        CASE t.kind WHEN 'group' THEN 'Morning runs' ELSE '' END, one.id, t.begun_at,
        t.begun_at + t.length * interval '5 hours'
    FROM talk t JOIN person one ON one.number = t.members[1]
    JOIN person other ON other.number = t.members[2];
    INSERT INTO social_conversationmember (id, revision, created_at, updated_at, user_id,
        conversation_id, state, is_admin, last_read_at, last_message_at)
    SELECT pg_temp.key_of(t.begun_at, t.number * 5 + place, 42), 3, t.begun_at, t.begun_at,
        one.id, t.id, 'active', false, t.begun_at + (t.length - 2 * place) * interval '5 hours',
        t.begun_at + t.length * interval '5 hours'
    FROM talk t CROSS JOIN unnest(t.members) WITH ORDINALITY AS seat (number, place)
    JOIN person one ON one.number = seat.number;
    INSERT INTO social_message (id, revision, created_at, updated_at, user_id, receiver_id,
        conversation_id, content, is_read)
    SELECT pg_temp.key_of(m.made_at, m.number * 10000 + m.n, 43), m.n + 4, m.made_at, m.made_at,
        sender.id, CASE kind WHEN 'direct' THEN receiver.id END, m.id,
        (ARRAY['Are you coming to the gym today?', 'I had the best run in weeks.',
            'Seven in the morning, by the bridge.', 'Only if it does not rain, and then indoors.'
        ])[1 + n % 4] || ' (' || n || ')', true
    FROM (
        SELECT t.*, n, t.begun_at + n * interval '5 hours' AS made_at,
            floor(cardinality(t.members) * pg_temp.draw(t.number * 10000 + n, 44))::int AS place
        FROM talk t CROSS JOIN LATERAL generate_series(1, t.length) AS n
    ) m
    JOIN person sender ON sender.number = m.members[1 + m.place]
    JOIN person receiver
        ON receiver.number = m.members[1 + (m.place + 1) % cardinality(m.members)]
    ORDER BY made_at;
"""
ROWS = (FUNCTIONS, DRAFTS, POSTS, PARTS_OF_POSTS, TIES, STANDINGS, CONVERSATIONS)

# Posts that nobody has liked, for the visitors to like.
UNLIKED = """
    SELECT p.id FROM social_post p JOIN users_userprofile profile ON profile.user_id = p.user_id
    WHERE p.likes_count = 0 AND p.parent_id IS NULL AND p.deleted_at IS NULL
        AND p.visibility = 'public' AND profile.visibility = 'public'
        AND p.revision % greatest(1, {posts} / 20000) = 2 % greatest(1, {posts} / 20000)
    ORDER BY p.id LIMIT 5000
"""
# What the requests of an earlier run liked: all that the loader made is older.
FORGET_LIKES = """
    WITH gone AS (
        DELETE FROM social_like WHERE created_at > %(end)s RETURNING post_id
    ), counted AS (
        SELECT post_id, count(*) AS number FROM gone GROUP BY post_id
    )
    UPDATE social_post SET likes_count = likes_count - counted.number FROM counted
    WHERE social_post.id = counted.post_id
"""

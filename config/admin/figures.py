"""What the first page counts beyond what analytics knows of itself."""

from analytics.services.figures import Deeds, also_count

also_count(
    Deeds(
        name="posts",
        sql="""
            SELECT user_id, (created_at AT TIME ZONE 'UTC')::date AS day, 1 AS number
            FROM social_post
            WHERE id >= %(made_since)s AND deleted_at IS NULL
                AND created_at >= %(since)s::timestamp AT TIME ZONE 'UTC'
                AND created_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC'
        """,
    )
)

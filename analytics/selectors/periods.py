"""What the training of any stretch of days amounts to, as SQL over the training days.

Stored weeks and months and those that somebody asks for are made by the same text. It expects a
table ``period``: user_id, n (a number of its own), start_date, end_date, today and
week_starts_on (1 is Monday) of the person. Numerics add up to the same in any order.
"""

from decimal import Decimal
from typing import Final, LiteralString

from analytics.formulas.consistency import FADING, SCORED_WEEKS

# How many weeks ago, and how much such a week counts: to the digit, and without a power for each.
_WEIGHTS: Final[LiteralString] = ", ".join(
    f"({ago}, {Decimal(str(FADING)) ** ago})" for ago in range(SCORED_WEEKS)
)


def week_of(day: LiteralString, week_starts_on: LiteralString) -> LiteralString:
    """The first day of the week that holds a day."""
    return f"({day} - mod(extract(isodow FROM {day})::int - {week_starts_on} + 7, 7))"


# The last eight weeks that were over by the end of each period and by yesterday, none before the
# week of the person's first workout. A week counts 0.8 times as much as the one after it.
_SCORED: Final[LiteralString] = f"""
    SELECT p.user_id, p.n, p.newest - 7 * weight.ago AS start, weight.weight
    FROM (
        SELECT period.user_id, period.n,
            {week_of("least(end_date + 1, today)", "week_starts_on")} - 7 AS newest,
            {week_of("first.day", "week_starts_on")} AS earliest
        FROM period CROSS JOIN LATERAL (
            SELECT min(d.date) AS day FROM analytics_trainingday d
            WHERE d.user_id = period.user_id
        ) first
    ) p CROSS JOIN (VALUES {_WEIGHTS}) AS weight (ago, weight)
    WHERE p.newest - 7 * weight.ago >= p.earliest
"""  # noqa: S608 - our own parts
# Of weeks (user_id, start): the workouts, what a plan asked for, and whether it was a week off.
WEEKS: Final[LiteralString] = """
    WITH trained AS MATERIALIZED (
        SELECT weeks.user_id, weeks.first + 7 * ((d.date - weeks.first) / 7) AS start,
            sum(d.workouts) AS workouts
        FROM (
            SELECT user_id, min(start) AS first, max(start) + 6 AS last FROM week GROUP BY user_id
        ) weeks CROSS JOIN LATERAL (
            SELECT date, workouts FROM analytics_trainingday d
            WHERE d.user_id = weeks.user_id AND d.date BETWEEN weeks.first AND weeks.last
            OFFSET 0
        ) d GROUP BY 1, 2
    ), run AS MATERIALIZED (
        SELECT r.user_id, r.id, r.started_on, r.finished_on, p.days_per_week
        FROM workouts_planrun r JOIN workouts_workoutplan p ON p.id = r.plan_id
        WHERE r.user_id IN (SELECT user_id FROM week)
    ), followed AS (
        SELECT week.user_id, week.start, run.id AS run_id, run.days_per_week
        FROM week JOIN run ON run.user_id = week.user_id AND run.started_on <= week.start
            AND week.start <= coalesce(run.finished_on, 'infinity')
    ), plan AS (
        SELECT user_id, start, max(days_per_week) AS planned FROM followed GROUP BY user_id, start
    ), off AS (
        SELECT week.user_id, week.start, b.starts_on, b.ends_on
        FROM week JOIN analytics_trainingbreak b ON b.user_id = week.user_id
        UNION ALL
        SELECT followed.user_id, followed.start, b.starts_on, b.ends_on
        FROM followed JOIN workouts_planpause b
            ON b.user_id = followed.user_id AND b.run_id = followed.run_id
    ), frozen AS (
        SELECT user_id, start FROM off CROSS JOIN LATERAL generate_series(
            greatest(starts_on, start)::timestamp,
            least(ends_on - 1, start + 6)::timestamp, '1 day') AS day
        GROUP BY user_id, start HAVING count(DISTINCT day) >= 4
    )
    SELECT week.*, coalesce(trained.workouts, 0) AS done, plan.planned,
        frozen.start IS NOT NULL AS is_frozen
    FROM week
    LEFT JOIN trained ON trained.user_id = week.user_id AND trained.start = week.start
    LEFT JOIN plan ON plan.user_id = week.user_id AND plan.start = week.start
    LEFT JOIN frozen ON frozen.user_id = week.user_id AND frozen.start = week.start
"""
# Without a plan, the median week is one. Joined by one column each: by two, PostgreSQL expects
# next to no rows and compares all with all.
_CONSISTENCY: LiteralString = """
    SELECT expecting.n, max(expecting.weeks) AS weeks,
        100 * sum(least(1, done / expected) * weight) FILTER (WHERE expected > 0)
            / sum(weight) FILTER (WHERE expected > 0) AS score
    FROM (
        SELECT s.n, s.weight, w.done, usual.weeks,
            CASE WHEN NOT w.is_frozen THEN coalesce(w.planned, usual.done) END::numeric AS expected
        FROM scored s
        JOIN fact w ON w.place = s.place
        JOIN (
            SELECT s.n, count(*) AS weeks,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY w.done)
                    FILTER (WHERE NOT w.is_frozen) AS done
            FROM scored s JOIN fact w ON w.place = s.place
            GROUP BY s.n
        ) usual ON usual.n = s.n
    ) expecting GROUP BY expecting.n
"""
_TOTALS: LiteralString = """
    SELECT coalesce(sum(d.workouts), 0)::int AS total_workouts,
        coalesce(sum(d.volume::numeric), 0)::float8 AS total_volume,
        coalesce(sum(d.minutes), 0)::int AS total_duration,
        coalesce(sum(d.sets_count), 0)::int AS total_sets,
        coalesce(sum(d.reps), 0)::int AS total_reps,
        coalesce(sum(d.hard_sets), 0)::int AS hard_sets,
        coalesce(sum(d.distance_km::numeric), 0)::float8 AS total_distance_km,
        coalesce(100 * sum(d.relative_reps::numeric) / nullif(sum(d.intensity_reps), 0), 0)::float8
            AS avg_intensity,
        coalesce(sum(d.intensity_sets), 0)::int AS intensity_sets,
        coalesce(sum(d.intensity_left_out), 0)::int AS intensity_left_out
    FROM analytics_trainingday d
    WHERE d.user_id = period.user_id AND d.date BETWEEN period.start_date AND period.end_date
"""
_MUSCLES: LiteralString = """
    SELECT coalesce(jsonb_object_agg(slug, round(sets, 4)), '{}'::jsonb) AS muscle_sets,
        coalesce(array_agg(slug), '{}') AS slugs,
        (array_agg(slug ORDER BY sets DESC, slug))[1] AS most,
        (array_agg(slug ORDER BY sets, last, slug) FILTER (
            WHERE last > least(period.end_date, period.today) - 56))[1] AS least
    FROM (
        SELECT m.key COLLATE "C" AS slug, sum(m.value::numeric) AS sets, max(d.date) AS last
        FROM analytics_trainingday d CROSS JOIN LATERAL jsonb_each(d.muscle_sets) m
        WHERE d.user_id = period.user_id
            AND d.date BETWEEN period.start_date AND period.end_date
        GROUP BY m.key
    ) trained
"""
# Targeted are the muscles that hard sets trained in the eight weeks up to the end, or up to today
# where the period still runs, and in it. Of those that it left out, the one that waits longest is
# the least trained one. Few days have such a muscle, so that what they have in common with the
# period is taken off before they are looked at. Slugs are in the order of their bytes.
_NEGLECTED: LiteralString = """
    SELECT (array_agg(slug ORDER BY last, slug))[1] AS slug
    FROM (
        SELECT left_out.slug COLLATE "C" AS slug, max(d.date) AS last
        FROM analytics_trainingday d
        CROSS JOIN LATERAL jsonb_object_keys(d.muscle_sets - muscles.slugs) left_out (slug)
        WHERE d.user_id = period.user_id AND d.date < period.start_date
            AND d.date > least(period.end_date, period.today) - 56
            AND d.muscle_sets - muscles.slugs <> '{}'
        GROUP BY left_out.slug
    ) waiting
"""
# One row for each period, with all that analytics.models.WorkoutAnalysis says of it.
NUMBERS: Final[LiteralString] = f"""
    WITH scored AS MATERIALIZED (
        SELECT *, dense_rank() OVER (ORDER BY user_id, start) AS place FROM ({_SCORED}) scored
    ), week AS (SELECT DISTINCT place, user_id, start FROM scored
    ), fact AS MATERIALIZED ({WEEKS}
    ), consistency AS ({_CONSISTENCY})
    SELECT period.*, totals.*, muscles.muscle_sets,
        CASE WHEN totals.intensity_sets > 0 THEN 'valid' ELSE 'no_answer' END
            AS intensity_validity,
        coalesce(consistency.score, 0)::float8 AS consistency_score,
        CASE WHEN consistency.score IS NULL THEN 'no_answer'
            WHEN consistency.weeks < 8 THEN 'warming_up' ELSE 'valid' END AS consistency_validity,
        coalesce(muscles.most, '') AS most_trained_muscle,
        coalesce(neglected.slug, muscles.least, '') AS least_trained_muscle
    FROM period
    CROSS JOIN LATERAL ({_TOTALS}) totals
    CROSS JOIN LATERAL ({_MUSCLES}) muscles
    CROSS JOIN LATERAL ({_NEGLECTED}) neglected
    LEFT JOIN consistency ON consistency.n = period.n
"""  # noqa: S608 - our own parts

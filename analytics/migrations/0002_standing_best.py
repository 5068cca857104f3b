"""The best so far, where only what is better by more than a margin takes its place."""

from django.db import migrations

# A running maximum would let somebody who creeps up in tiny steps never beat anything.
_CREATE = """
CREATE FUNCTION analytics_better(best double precision, value double precision,
    margin double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF value IS NULL THEN RETURN best; END IF;
    IF best IS NULL OR value > best + margin THEN RETURN value; END IF;
    RETURN best;
END $$;
CREATE AGGREGATE analytics_standing_best(double precision, double precision) (
    SFUNC = analytics_better, STYPE = double precision
);
"""
_DROP = """
DROP AGGREGATE analytics_standing_best(double precision, double precision);
DROP FUNCTION analytics_better(double precision, double precision, double precision);
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_analytics")]

    operations = [migrations.RunSQL(_CREATE, _DROP)]

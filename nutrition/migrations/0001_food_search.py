"""How the search of foods compares texts."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# Soft hyphens and what else has no width go, and apostrophes, so that Ben & Jerry's is found
# without; what else is no letter or digit parts words. Immutable by our word: PostgreSQL cannot
# know that nobody edits the rules of unaccent.
FOLD = r"""
    CREATE FUNCTION nutrition_fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT btrim(regexp_replace(
            translate(
                lower(public.unaccent(
                    'public.unaccent',
                    translate($1, E'\u00AD\u200B\u200C\u200D\u2060\uFEFF', '')
                )),
                '''’`´', ''
            ),
            '[^[:alnum:]]+', ' ', 'g'
        ))
    $$
"""
# What a food is called: its name up to the first comma, then other names, each with a comma behind
# it: "egg,eggs,".
NAMES = """
    CREATE FUNCTION nutrition_names(name text, others text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT string_agg(public.nutrition_fold(part) || ',', '' ORDER BY place)
        FROM unnest(string_to_array(split_part($1, ',', 1) || ',' || $2, ','))
            WITH ORDINALITY AS parts (part, place)
        WHERE part <> ''
    $$
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION nutrition_fold(text)"),
        migrations.RunSQL(NAMES, "DROP FUNCTION nutrition_names(text, text)"),
    ]

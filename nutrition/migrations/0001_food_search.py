"""How the search of foods compares texts."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# Apostrophes go, so that Ben & Jerry's is found without; what else is no letter or digit parts
# words. Immutable by our word: PostgreSQL cannot know that nobody edits the rules of unaccent.
FOLD = """
    CREATE FUNCTION nutrition_fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT btrim(regexp_replace(
            translate(lower(public.unaccent('public.unaccent', $1)), '''’`´', ''),
            '[^[:alnum:]]+', ' ', 'g'
        ))
    $$
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION nutrition_fold(text)"),
    ]

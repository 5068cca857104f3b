"""Whoever owns a part owns its whole: after the unique constraints to which this refers."""

import users.ownership
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('social', '0001_social'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='message',
            constraint=users.ownership.SameOwner(name='message_same_owner_as_workout', parent='workout'),
        ),
        migrations.AddConstraint(
            model_name='messagepicture',
            constraint=users.ownership.SameOwner(name='messagepicture_same_owner', parent='message'),
        ),
        migrations.AddConstraint(
            model_name='messagepicture',
            constraint=users.ownership.SameOwner(name='messagepicture_same_owner_as_picture', parent='picture'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=users.ownership.SameOwner(name='mention_same_owner', parent='post'),
        ),
        migrations.AddConstraint(
            model_name='postedit',
            constraint=users.ownership.SameOwner(name='postedit_same_owner', parent='post'),
        ),
        migrations.AddConstraint(
            model_name='posthashtag',
            constraint=users.ownership.SameOwner(name='posthashtag_same_owner', parent='post'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=users.ownership.SameOwner(name='post_same_owner_as_workout', parent='workout'),
        ),
        migrations.AddConstraint(
            model_name='postmedia',
            constraint=users.ownership.SameOwner(name='postmedia_same_owner', parent='post'),
        ),
        migrations.AddConstraint(
            model_name='postmedia',
            constraint=users.ownership.SameOwner(name='postmedia_same_owner_as_picture', parent='picture'),
        ),
    ]

"""The API's contract: our endpoints from the code, the accounts' from django-allauth.

`NumeneonSchema` describes each endpoint as it stands in the code. What needs the whole document is
done to it afterwards, in this order: accounts, errors, shapes, names, examples.
"""

from config.openapi.document import complete
from config.openapi.schema import NumeneonSchema, SessionTokenScheme, SupabaseScheme

__all__ = ["NumeneonSchema", "SessionTokenScheme", "SupabaseScheme", "complete"]

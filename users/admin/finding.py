"""How staff find a row in a long list: by whose it is, by its id, by when it came."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Field, Model, Q, QuerySet, UUIDField
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from users.models import User, UserProfile

ModelT = TypeVar("ModelT", bound=Model)

# Of people or things that a search may mean; whoever wants one of more types more.
MOST_MEANT: Final = 200
SEARCH_HELP: Final = "How a username begins, a whole e-mail address, or an id."
# An index of trigrams knows no shorter part of a name.
_LEAST_LETTERS: Final = 3
# The first 48 bits of a UUIDv7 are milliseconds since 1970.
_BITS_AFTER_TIME: Final = 80
_SPANS: Final = {
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
    "year": ("Last 365 days", timedelta(days=365)),
}


def people_of(term: str) -> list[UUID]:
    """The ids of those whose username begins so, or whose address it is."""
    begin = term.lower()
    people = User.objects.order_by("username").values_list("pk", flat=True)
    if "@" in begin:
        return list(people.alias(address=Lower("email")).filter(address=begin))
    return list(people.filter(username__startswith=begin)[:MOST_MEANT])


def people_called(term: str) -> list[UUID]:
    """The ids of those who have this in their username or name, or whose address or id it is."""
    wanted = id_of(term)
    if wanted is not None:
        return [wanted]
    found = people_of(term)
    if "@" not in term and len(term) >= _LEAST_LETTERS:
        # Each has an index of its own: asked about both at once, none could be used.
        people = User.objects.filter(username__icontains=term).order_by("username")
        profiles = UserProfile.objects.filter(display_name__icontains=term).order_by("pk")
        found += people.values_list("pk", flat=True)[:MOST_MEANT]
        found += profiles.values_list("pk", flat=True)[:MOST_MEANT]
    return found


def id_of(term: str) -> UUID | None:
    try:
        return UUID(term)
    except ValueError:
        return None


class WhenFilter(admin.SimpleListFilter):
    """By the time that is in the id, which the index of the key can tell."""

    title = "when it came"
    parameter_name = "since"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(span, title) for span, (title, _) in _SPANS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in _SPANS:
            return queryset
        _, span = _SPANS[str(self.value())]
        return queryset.filter(pk__gte=_first_id(timezone.now() - span))


def _first_id(at: datetime) -> UUID:
    """Less than any id that was made later."""
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << _BITS_AFTER_TIME)


class FoundByPerson(admin.ModelAdmin[ModelT]):
    """A list that is searched by whom its rows are about.

    ``people`` are the fields that name a person. What is typed after a username is looked for in
    the columns ``words``, among the rows of that person. ``named`` are foreign keys to things that
    everybody shares, which are found by their name. No search reads a whole table for it, and
    filters by a column are offered for what was found, or where the column is ``indexed``.
    """

    people: ClassVar[tuple[str, ...]] = ("user",)
    words: ClassVar[tuple[str, ...]] = ()
    named: ClassVar[tuple[str, ...]] = ()
    indexed: ClassVar[tuple[Any, ...]] = ()
    search_help_text = SEARCH_HELP
    # Django asks for it where names are completed; what is asked for here is searched instead.
    search_fields = ("pk",)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.people or self.named

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = [*super().get_list_filter(request)]
        if not request.GET.get(SEARCH_VAR):
            # By a column: a few rows among all would be looked for one by one.
            filters = [one for one in filters if isinstance(one, type) or one in self.indexed]
        # The key of a person's only row is the person's, and tells when they came.
        return [*filters, *([WhenFilter] if isinstance(self._key, UUIDField) else [])]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ModelT], search_term: str
    ) -> tuple[QuerySet[ModelT], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        # One of several people beside a row may be found twice.
        repeats = any(LOOKUP_SEP in person for person in self.people)
        wanted = id_of(term)
        if wanted is not None:
            return queryset.filter(self._with_id(wanted)), repeats
        return queryset.filter(self._of_people(term) | self._of_things(term)), repeats

    @property
    def _key(self) -> Field[Any, Any]:
        """The primary key, or that of the row which it continues in another table."""
        key: Any = self.opts.pk
        while key.remote_field is not None:
            key = key.target_field
        field: Field[Any, Any] = key
        return field

    def _with_id(self, wanted: UUID) -> Q:
        fields = [*self.people, *self.named]
        if isinstance(self._key, UUIDField):
            fields.append("pk")
        return reduce(or_, (Q(**{field: wanted}) for field in fields))

    def _of_people(self, term: str) -> Q:
        begin, *others = term.split()
        if others and not self.words:
            return Q(pk__in=())
        theirs = self._any_of(self.people, people_of(begin))
        return reduce(and_, map(self._says, others), theirs)

    def _says(self, word: str) -> Q:
        return reduce(or_, (Q(**{f"{column}__icontains": word}) for column in self.words))

    def _of_things(self, term: str) -> Q:
        none = Q(pk__in=())
        return reduce(
            or_, (self._any_of((name,), self._called(name, term)) for name in self.named), none
        )

    def _called(self, field: str, term: str) -> list[Any]:
        model: Any = self.opts.get_field(field).related_model
        rows = model._base_manager.filter(name__icontains=term).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:MOST_MEANT])

    def _any_of(self, fields: Collection[str], ids: Collection[Any]) -> Q:
        # Looked up first: then an index finds their rows.
        return reduce(or_, (Q(**{f"{field}__in": ids}) for field in fields), Q(pk__in=()))

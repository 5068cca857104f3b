"""How people log in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.finding import FoundByPerson
from users.admin.reading import PersonalAdmin, ReadingAdmin, RecordAdmin, RoomAdmin
from users.models import ErasedIdentity, ExternalIdentity, Session

_SHOWN_OF_KEY = 8


@admin.register(Session)
class SessionAdmin(FoundByPerson[Session], ReadingAdmin[Session]):
    """Deleting a session ends it."""

    list_display = fields = ("short_key", "user", "expire_date")
    list_select_related = ("user",)
    list_filter = (("user", admin.EmptyFieldListFilter),)
    ordering = ("-expire_date",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        # Nobody ends the session of somebody above them, nor knows of it.
        sessions = super().get_queryset(request)
        return sessions if request.user.is_superuser else sessions.exclude(user__is_superuser=True)

    @admin.display(description="key")
    def short_key(self, session: Session) -> str:
        return f"{session.session_key[:_SHOWN_OF_KEY]}…"


@admin.register(ExternalIdentity)
class ExternalIdentityAdmin(FoundByPerson[ExternalIdentity], PersonalAdmin[ExternalIdentity]):
    list_display = ("user", "issuer", "subject", "created_at")
    list_select_related = ("user",)
    words = ("issuer",)
    sortable_by = ()
    autocomplete_fields = ("user",)
    ordering = ("-id",)
    fields = ("user", "issuer", "subject", "created_at")
    readonly_fields = ("created_at",)

    def has_change_permission(
        self, request: HttpRequest, obj: ExternalIdentity | None = None
    ) -> bool:
        return False


@admin.register(ErasedIdentity)
class ErasedIdentityAdmin(RecordAdmin[ErasedIdentity]):
    list_display = fields = ("erased_at",)
    search_fields = ("digest__exact",)
    sortable_by = ()
    search_help_text = "A digest: nobody is found by it who is not known already."
    ordering = ("-erased_at",)


# allauth's own pages show the secrets of second factors, and let sessions be edited.
admin.site.unregister([Authenticator, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(FoundByPerson[Authenticator], ReadingAdmin[Authenticator]):
    """Deleting a second factor lets somebody in who has lost it."""

    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    ordering = ("-id",)
    sortable_by = ()


@admin.register(UserSession)
class UserSessionAdmin(RoomAdmin[UserSession]):
    list_display = fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    words = ("ip", "user_agent")
    search_help_text = "A username, and a part of an address or of a device's name."

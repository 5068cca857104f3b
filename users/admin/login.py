"""How people log in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

from users.admin.reading import PersonalAdmin, ReadingAdmin, RecordAdmin
from users.models import ErasedIdentity, ExternalIdentity, Session

_SHOWN_OF_KEY = 8


@admin.register(Session)
class SessionAdmin(ReadingAdmin[Session]):
    """Deleting a session ends it."""

    list_display = fields = ("short_key", "user", "expire_date")
    list_select_related = ("user",)
    list_filter = (("user", admin.EmptyFieldListFilter),)
    search_fields = ("user__username", "user__email")
    ordering = ("-expire_date",)

    @admin.display(description="key")
    def short_key(self, session: Session) -> str:
        return f"{session.session_key[:_SHOWN_OF_KEY]}…"


@admin.register(ExternalIdentity)
class ExternalIdentityAdmin(PersonalAdmin[ExternalIdentity]):
    list_display = ("user", "issuer", "subject", "created_at")
    list_select_related = ("user",)
    list_filter = ("created_at",)
    search_fields = ("user__username", "issuer", "subject__exact")
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
    ordering = ("-erased_at",)


# allauth's own pages show the secrets of second factors, and let sessions be edited.
admin.site.unregister([Authenticator, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadingAdmin[Authenticator]):
    """Deleting a second factor lets somebody in who has lost it."""

    list_display = fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__username", "user__email")
    ordering = ("-id",)


@admin.register(UserSession)
class UserSessionAdmin(RecordAdmin[UserSession]):
    list_display = fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "ip")
    ordering = ("-id",)

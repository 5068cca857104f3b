"""A reading room: what staff may look up about people, and the few things that they may do."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field, Model, QuerySet, URLField
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from users import sync
from users.models import (
    AccountExport,
    ErasedIdentity,
    ExternalIdentity,
    IdempotencyKey,
    Notification,
    OutboxMessage,
    PushDevice,
    Session,
    SyncClock,
    Tombstone,
    Trainer,
    User,
    UserProfile,
    UserSettings,
)
from users.ownership import advance_clock, advance_clocks
from users.services import accounts, avatars, exports, outbox

ModelT = TypeVar("ModelT", bound=Model)
_SHOWN_OF_KEY = 8
# An address that staff type without one gets this scheme.
HTTPS: dict[type[Field[Any, Any]], Mapping[str, Any]] = {URLField: {"assume_scheme": "https"}}
_PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")

# --- What the pages of several models have in common -----------------------------------------


class WholeRowForm(forms.ModelForm[ModelT]):
    """Checks every constraint, also those over columns that the form does not show."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class PersonalAdmin(admin.ModelAdmin[ModelT]):
    """Rows of people, who may be writing them from their phones at the same time."""

    show_full_result_count = False
    formfield_overrides = HTTPS

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ModelT | None:
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST":
            return row
        # A form stores all columns: what it does not show must be what is stored by now.
        owner_id = self.owner_id_of(row)
        if owner_id is not None:
            advance_clock(owner_id)
        return super().get_object(request, object_id, from_field)

    def owner_id_of(self, row: ModelT) -> UUID | None:
        owner_field = getattr(row, "owner_field", "user")
        owner_id: UUID | None = getattr(row, f"{owner_field}_id", None)
        return owner_id


class ReadingAdmin(PersonalAdmin[ModelT]):
    """Rows that nobody writes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return False


class RecordAdmin(ReadingAdmin[ModelT]):
    """Rows that nobody removes by hand either."""

    def has_delete_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return False


class ResourceFilter(admin.SimpleListFilter):
    """By the names of the change feed, which need no walk through the table."""

    title = parameter_name = "resource"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(resource.name, resource.name) for resource in sync.registered()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(resource=self.value()) if self.value() else queryset


# --- People ----------------------------------------------------------------------------------


class _LowerCaseForm(forms.ModelForm[User]):
    """Log-in looks for usernames and addresses in lower case."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("username", "email"):
            if values.get(name):
                values[name] = values[name].lower()
        return values


class AccountForm(_LowerCaseForm, UserChangeForm[User]):
    pass


class NewAccountForm(_LowerCaseForm, AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("username", "email")


_PROFILE_FIELDS = (
    "display_name",
    "bio",
    "avatar",
    "avatar_url",
    "location",
    "website",
    "user_type",
    "visibility",
    "timezone",
    "fitness_level",
    "height",
    "body_weight_kg",
    "date_of_birth",
    "sex",
    "revision",
    "created_at",
    "updated_at",
)
_PROFILE_READONLY = ("avatar", "revision", "created_at", "updated_at")
_SETTINGS_FIELDS = (
    "language",
    "measurement_system",
    "primary_goal",
    "workout_days_per_week",
    "week_starts_on",
    "dark_mode",
    "notification_workouts",
    "notification_nutrition",
    "notification_social",
    "revision",
    "updated_at",
)
_SETTINGS_READONLY = ("revision", "updated_at")


class ProfileInline(admin.StackedInline[UserProfile, User]):
    model = UserProfile
    formfield_overrides = HTTPS
    can_delete = False
    extra = 0
    fields = _PROFILE_FIELDS
    readonly_fields = _PROFILE_READONLY
    verbose_name = "profile"


class SettingsInline(admin.StackedInline[UserSettings, User]):
    model = UserSettings
    can_delete = False
    extra = 0
    fields = _SETTINGS_FIELDS
    readonly_fields = _SETTINGS_READONLY
    verbose_name = "settings"


@admin.register(User)
class AccountAdmin(PersonalAdmin[User], UserAdmin[User]):
    form = AccountForm
    add_form = NewAccountForm
    inlines = (ProfileInline, SettingsInline)
    list_display = (
        "username",
        "email",
        "display_name",
        "user_type",
        "is_active",
        "is_staff",
        "joined",
    )
    list_select_related = ("profile",)
    list_filter = (
        "is_active",
        "is_staff",
        "is_superuser",
        "profile__user_type",
        "profile__visibility",
    )
    search_fields = ("username", "email", "first_name", "last_name", "profile__display_name")
    date_hierarchy = "date_joined"
    ordering = ("-id",)
    readonly_fields = ("id", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("id", "username", "email", "password")}),
        ("Name", {"fields": ("first_name", "last_name")}),
        ("Permissions", {"fields": ("is_active", *_PRIVILEGES)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "usable_password", "password1", "password2"),
            },
        ),
    )
    actions = ("close_and_erase", "remove_pictures")

    @admin.display(ordering="profile__display_name")
    def display_name(self, user: User) -> str:
        return user.profile.display_name

    @admin.display(description="type", ordering="profile__user_type")
    def user_type(self, user: User) -> str:
        return user.profile.get_user_type_display()

    @admin.display(ordering="date_joined")
    def joined(self, user: User) -> date:
        return user.date_joined.date()

    def owner_id_of(self, row: User) -> UUID:
        return row.pk

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        # A new account brings its profile and its settings itself.
        return self.inlines if obj else ()

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        # Whoever may edit people must not become one of those who may do everything.
        privileges = () if _is_superuser(request) else _PRIVILEGES
        return (*self.readonly_fields, *privileges)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        out_of_reach = obj is not None and obj.is_superuser and not _is_superuser(request)
        return not out_of_reach and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # An account ends by close_and_erase: files and sessions have to go as well.
        return False

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return super().has_delete_permission(request)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            # The one that log-in and mail go by; its owner has yet to verify it.
            address, _ = EmailAddress.objects.get_or_create(user=obj, email=obj.email)
            address.set_as_primary()

    @admin.action(description="Close and erase selected accounts", permissions=["erase"])
    def close_and_erase(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> TemplateResponse | None:
        people = list(self._erasable(request, queryset))
        if len(people) < queryset.count():
            text = "Your own account and those of superusers above you are left alone."
            self.message_user(request, text, messages.WARNING)
        if not people:
            return None
        if "confirmed" not in request.POST:
            return self._confirm_erasure(request, people)
        for user in people:
            accounts.close_account(user=user)
            # After it, so that the log does not remember the name.
            self.log_change(request, user, "Closed; erasure begun.")
        self.message_user(request, f"{len(people)} closed; their erasure has begun.")
        return None

    def _erasable(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        people = queryset.exclude(pk=str(request.user.pk))
        return people if _is_superuser(request) else people.filter(is_superuser=False)

    def _confirm_erasure(self, request: HttpRequest, people: list[User]) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Close and erase accounts",
            "opts": self.opts,
            "people": people,
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/users/close_and_erase.html", context)

    @admin.action(description="Remove uploaded pictures", permissions=["change"])
    def remove_pictures(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with_picture = queryset.exclude(profile__avatar="")
        for user in with_picture:
            avatars.remove_avatar(user_id=user.pk)
            self.log_change(request, user, "Removed the picture.")
        self.message_user(request, "The pictures are removed.")


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


@admin.register(Trainer)
class TrainerAdmin(AccountAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        # People become trainers by what their profile says.
        return False


@admin.register(UserProfile)
class UserProfileAdmin(PersonalAdmin[UserProfile]):
    list_display = ("display_name", "user", "user_type", "fitness_level", "visibility", "timezone")
    list_select_related = ("user",)
    list_filter = ("user_type", "fitness_level", "visibility")
    search_fields = ("display_name", "user__username", "location")
    ordering = ("-user",)
    fields = ("user", *_PROFILE_FIELDS)
    readonly_fields = ("user", *_PROFILE_READONLY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UserProfile | None = None) -> bool:
        return False


@admin.register(UserSettings)
class UserSettingsAdmin(PersonalAdmin[UserSettings]):
    list_display = (
        "user",
        "language",
        "measurement_system",
        "primary_goal",
        "workout_days_per_week",
    )
    list_select_related = ("user",)
    list_filter = ("measurement_system", "primary_goal")
    search_fields = ("user__username",)
    ordering = ("-user",)
    fields = ("user", *_SETTINGS_FIELDS)
    readonly_fields = ("user", *_SETTINGS_READONLY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UserSettings | None = None) -> bool:
        return False


# --- How they log in -------------------------------------------------------------------------


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


# --- What reaches them -----------------------------------------------------------------------


@admin.register(Notification)
class NotificationAdmin(ReadingAdmin[Notification]):
    list_display = ("kind", "user", "category", "text", "read_at", "created_at")
    list_select_related = ("user",)
    list_filter = ("category", ("read_at", admin.EmptyFieldListFilter))
    search_fields = ("kind", "text", "user__username")
    ordering = ("-id",)
    fields = (
        "user",
        "category",
        "kind",
        "text",
        "target_type",
        "target_id",
        "read_at",
        "created_at",
        "updated_at",
        "revision",
    )


@admin.register(PushDevice)
class PushDeviceAdmin(ReadingAdmin[PushDevice]):
    list_display = ("__str__", "user", "platform", "created_at", "updated_at")
    list_select_related = ("user",)
    list_filter = ("platform",)
    search_fields = ("name", "user__username")
    ordering = ("-id",)
    fields = ("user", "platform", "name", "created_at", "updated_at", "revision")


@admin.register(AccountExport)
class AccountExportAdmin(ReadingAdmin[AccountExport]):
    """That there is an export, and not what is in it."""

    list_display = ("id", "user", "status", "size_bytes", "expires_at", "created_at")
    list_select_related = ("user",)
    list_filter = ("status",)
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = ("user", "status", "size_bytes", "expires_at", "created_at", "revision")

    def delete_model(self, request: HttpRequest, obj: AccountExport) -> None:
        exports.remove_export(export=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AccountExport]) -> None:
        rows = list(queryset)
        advance_clocks({row.user_id for row in rows})
        for row in rows:
            exports.remove_export(export=row)


# --- The machinery ---------------------------------------------------------------------------


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadingAdmin[OutboxMessage]):
    list_display = ("kind", "created_at", "due_at", "attempts", "failed_at")
    list_filter = ("kind", ("failed_at", admin.EmptyFieldListFilter))
    search_fields = ("kind", "id__exact")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = ("id", "kind", "shown_payload", "created_at", "due_at", "attempts", "failed_at")
    actions = ("try_again",)

    def has_delete_permission(
        self, request: HttpRequest, obj: OutboxMessage | None = None
    ) -> bool:
        # A mail may be dropped. What else was promised, such as an erasure, is to be kept.
        may_drop = obj is None or obj.kind == "email"
        return may_drop and super().has_delete_permission(request, obj)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.change_outboxmessage")

    @admin.display(description="payload")
    def shown_payload(self, message: OutboxMessage) -> str | SafeString:
        if message.kind == "email":
            return "Not shown: an e-mail may hold a code."
        return format_html("<pre>{}</pre>", json.dumps(message.payload, indent=2))

    @admin.action(description="Try selected messages again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = outbox.retry(message_ids=ids)
        self.message_user(request, f"{count} will be tried again.")


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(RecordAdmin[IdempotencyKey]):
    list_display = fields = ("key", "user", "resource", "object_id", "created_at")
    list_select_related = ("user",)
    list_filter = (ResourceFilter,)
    search_fields = ("key", "object_id__exact", "user__username")
    date_hierarchy = "created_at"
    ordering = ("-id",)


@admin.register(Tombstone)
class TombstoneAdmin(RecordAdmin[Tombstone]):
    list_display = fields = ("resource", "object_id", "user", "revision", "deleted_at")
    list_select_related = ("user",)
    list_filter = (ResourceFilter,)
    search_fields = ("object_id__exact", "user__username")
    ordering = ("-id",)


@admin.register(SyncClock)
class SyncClockAdmin(RecordAdmin[SyncClock]):
    list_display = fields = ("user", "revision")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-user",)

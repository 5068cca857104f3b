"""People, and what they say about themselves."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from users.admin import asking
from users.admin.finding import FoundByPerson, WhenFilter, people_called
from users.admin.reading import HTTPS, PersonalAdmin
from users.errors import Conflict
from users.models import Trainer, User, UserProfile, UserSettings
from users.services import accounts, avatars, verification

_PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")


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
    "read_receipts",
    "messages_from",
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


Action = Callable[[Any, HttpRequest, QuerySet[User]], TemplateResponse | None]


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
        WhenFilter,
    )
    # What is searched, get_search_results says.
    search_fields = ("username",)
    search_help_text = "A part of a username or name, a whole e-mail address, or an id."
    ordering = ("-id",)
    sortable_by = ("username",)
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
    actions = ("send_verification_link", "end_sessions", "close_and_erase", "remove_pictures")
    # Actions of apps above, each with what somebody must be allowed to run it.
    offered: ClassVar[list[tuple[str, Action]]] = []

    @admin.display(ordering="profile__display_name")
    def display_name(self, user: User) -> str:
        return user.profile.display_name

    @admin.display(description="type", ordering="profile__user_type")
    def user_type(self, user: User) -> str:
        return user.profile.get_user_type_display()

    @admin.display(ordering="date_joined")
    def joined(self, user: User) -> date:
        return user.date_joined.date()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(pk__in=people_called(term)), False

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

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return actions  # a window in which somebody is chosen has none
        for permission, action in self.offered:
            if request.user.has_perm(permission):
                name = action.__name__
                title = getattr(action, "short_description", name.replace("_", " "))
                actions[name] = (action, name, title)
        return actions

    def has_write_to_permission(self, request: HttpRequest) -> bool:
        # It goes to the address that there is, so whoever sees that may send it.
        return request.user.has_perm("account.view_emailaddress")

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.delete_session")

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
            text = "Your own account, those of superusers above you and our own are left alone."
            self.message_user(request, text, messages.WARNING)
        if not people:
            return None
        if asking.given(request) is None:
            return asking.ask(
                self,
                request,
                people,
                action="close_and_erase",
                title="Close and erase accounts",
                outcome="These people are shut out at once, and then everything of theirs is"
                " erased: workouts, pictures, files, settings. Nobody can bring it back.",
                template="admin/users/close_and_erase.html",
            )
        for user in people:
            accounts.close_account(user=user)
            # After it, so that the log does not remember the name.
            self.log_change(request, user, "Closed; erasure begun.")
        self.message_user(request, f"{len(people)} closed; their erasure has begun.")
        return None

    def _erasable(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        people = queryset.exclude(pk=str(request.user.pk)).exclude(pk__in=accounts.STANDING_IDS)
        return people if _is_superuser(request) else people.filter(is_superuser=False)

    @admin.action(description="Send a verification link", permissions=["write_to"])
    def send_verification_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        origin = settings.PUBLIC_URL or request.build_absolute_uri("/")
        for user in self._within_reach(request, queryset):
            try:
                address = verification.send_verification_link(user_id=user.pk, origin=origin)
            except Conflict as refusal:
                self.message_user(request, f"{user}: {refusal.message}", messages.WARNING)
                continue
            self.log_change(request, user, "Sent a verification link.")
            self.message_user(request, f"{user}: a link is on its way to {address}.")

    @admin.action(description="Log selected people out everywhere", permissions=["end"])
    def end_sessions(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> TemplateResponse | None:
        people = list(self._within_reach(request, queryset))
        if people and asking.given(request) is None:
            return asking.ask(
                self,
                request,
                people,
                action="end_sessions",
                title="Log these people out",
                outcome="Their phones and browsers are logged out at once; they log in anew.",
            )
        for user in people:
            ended = accounts.end_sessions(user_id=user.pk)
            self.log_change(request, user, "Logged out everywhere.")
            self.message_user(request, f"{user}: {ended} sessions ended.")
        return None

    def _within_reach(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Without those whom only superusers may touch."""
        people = queryset.exclude(pk__in=accounts.STANDING_IDS).order_by("pk")
        return people if _is_superuser(request) else people.filter(is_superuser=False)

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
class UserProfileAdmin(FoundByPerson[UserProfile], PersonalAdmin[UserProfile]):
    list_display = ("display_name", "user", "user_type", "fitness_level", "visibility", "timezone")
    list_select_related = ("user",)
    list_filter = ("user_type", "fitness_level", "visibility")
    ordering = ("-user",)
    sortable_by = ()
    fields = ("user", *_PROFILE_FIELDS)
    readonly_fields = ("user", *_PROFILE_READONLY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UserProfile | None = None) -> bool:
        return False


@admin.register(UserSettings)
class UserSettingsAdmin(FoundByPerson[UserSettings], PersonalAdmin[UserSettings]):
    list_display = (
        "user",
        "language",
        "measurement_system",
        "primary_goal",
        "workout_days_per_week",
    )
    list_select_related = ("user",)
    list_filter = ("measurement_system", "primary_goal")
    ordering = ("-user",)
    sortable_by = ()
    fields = ("user", *_SETTINGS_FIELDS)
    readonly_fields = ("user", *_SETTINGS_READONLY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UserSettings | None = None) -> bool:
        return False

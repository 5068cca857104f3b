"""Archives of what people have here."""

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.finding import FoundByPerson
from users.admin.reading import ReadingAdmin
from users.models import AccountExport
from users.ownership import advance_clocks
from users.services import exports


@admin.register(AccountExport)
class AccountExportAdmin(FoundByPerson[AccountExport], ReadingAdmin[AccountExport]):
    """That there is an export, and not what is in it."""

    list_display = ("id", "user", "status", "size_bytes", "expires_at", "created_at")
    list_select_related = ("user",)
    list_filter = ("status",)
    ordering = ("-id",)
    sortable_by = ()
    fields = ("user", "status", "size_bytes", "expires_at", "created_at", "revision")

    def delete_model(self, request: HttpRequest, obj: AccountExport) -> None:
        exports.remove_export(export=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AccountExport]) -> None:
        rows = list(queryset)
        advance_clocks({row.user_id for row in rows})
        for row in rows:
            exports.remove_export(export=row)

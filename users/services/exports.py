"""A zip of JSON with everything that is a person's."""

import logging
import tempfile
import zipfile
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

import orjson
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from users import personal_data
from users.models import AccountExport
from users.models.export import ExportStatus
from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.services import outbox
from users.services.notifications import notify

logger = logging.getLogger(__name__)


@transaction.atomic
def request_export(*, user_id: UUID) -> tuple[AccountExport, bool]:
    """The person's export in preparation, and whether this call started it."""
    advance_clock(user_id)
    pending = AccountExport.objects.filter(user_id=user_id, status=ExportStatus.PENDING).first()
    if pending is not None:
        return pending, False
    export = AccountExport(user_id=user_id)
    # Named before it is written: whoever deletes the row deletes what a lost worker left there.
    export.file = _file_name(export)
    export.save()
    outbox.promise(kind="account_export", export_id=str(export.pk))
    return export, True


@outbox.handles("account_export")
def build_export(*, export_id: str) -> None:
    export = AccountExport.objects.filter(pk=export_id, status=ExportStatus.PENDING).first()
    if export is None:
        return
    name, storage = _file_name(export), export.file.storage
    with tempfile.TemporaryFile() as buffer:
        write_export(user_id=export.user_id, target=buffer)
        size_bytes = buffer.tell()
        buffer.seek(0)
        # A second try writes the same name anew.
        storage.delete(name)
        storage.save(name, File(buffer))
    now = timezone.now()
    # Not save(): the person may have deleted the export, or everything, while it was written.
    written = AccountExport.objects.filter(pk=export.pk, status=ExportStatus.PENDING).update(
        status=ExportStatus.READY,
        file=name,
        size_bytes=size_bytes,
        expires_at=now + timedelta(seconds=settings.ACCOUNT_EXPORT_LIFETIME_S),
        updated_at=now,
    )
    if not written:
        storage.delete(name)
        return
    notify(
        user_id=export.user_id,
        category=NotificationCategory.ACCOUNT,
        kind="account_export_ready",
        text="Your export is ready for download.",
        target=export,
    )


def _file_name(export: AccountExport) -> str:
    return f"exports/{export.pk}.zip"


def write_export(*, user_id: UUID, target: IO[bytes]) -> None:
    """One JSON array per table, one row a line, and the person's files beside them."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in personal_data.registered():
            if part.name is None:
                continue
            with archive.open(f"{part.name}.json", "w", force_zip64=True) as file:
                _write_rows(file, part, user_id)
            for field in part.files:
                _write_files(archive, part, field, user_id)


def _write_rows(file: IO[bytes], part: personal_data.PersonalData, user_id: UUID) -> None:
    file.write(b"[")
    separator = b"\n"
    for row in part.exported(user_id):
        file.write(separator + orjson.dumps(row, default=str))
        separator = b",\n"
    file.write(b"\n]\n")


def _write_files(
    archive: zipfile.ZipFile, part: personal_data.PersonalData, field: str, user_id: UUID
) -> None:
    for row in part.rows(user_id).exclude(**{field: ""}):
        stored = getattr(row, field)
        # An export does not contain the exports before it.
        if isinstance(row, AccountExport):
            continue
        try:
            source = stored.open("rb")
        except FileNotFoundError:
            logger.warning("%s %s has lost its file.", part.label, row.pk)
            continue
        with source, archive.open(f"files/{stored.name}", "w", force_zip64=True) as target:
            for chunk in source.chunks():
                target.write(chunk)


@transaction.atomic
def remove_export(*, export: AccountExport) -> None:
    name, storage = export.file.name, export.file.storage
    export.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def remove_expired_exports(*, now: datetime) -> int:
    """Delete the files of exports whose time is over; their rows say that they were there."""
    expired = AccountExport.objects.filter(status=ExportStatus.READY, expires_at__lte=now)
    removed = 0
    for export in expired.order_by("pk"):
        # The file first: nobody is given it any more, and a lost worker leaves none behind.
        export.file.storage.delete(export.file.name or "")
        # Not save(): the person may have deleted the row meanwhile.
        removed += expired.filter(pk=export.pk).update(
            status=ExportStatus.EXPIRED, file="", updated_at=now
        )
    return removed

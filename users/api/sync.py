"""The change feed: what an offline phone has missed."""

import base64
import binascii
from uuid import UUID

import orjson
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users import selectors
from users.api.pagination import invalid_cursor, page_size
from users.api.serializers import SyncPageSerializer
from users.selectors import Place

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 500
MAX_BIGINT = 2**63 - 1


class SyncView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("cursor", str, description="From the page before; none at first."),
            OpenApiParameter("page_size", int, description=f"1 to {MAX_PAGE_SIZE}."),
        ],
        responses=SyncPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Everything of yours that changed or was deleted since the cursor, in order.

        A row that changed twice comes once, as it is now. Keep the last cursor, also of an empty
        page, and go on from it the next time.
        """
        limit = page_size(request.query_params, default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE)
        text = request.query_params.get("cursor", "")
        after = _decode(text) if text else None
        assert isinstance(request.user.pk, UUID)

        places, changes = selectors.changes_since(
            user_id=request.user.pk, after=after, limit=limit
        )

        return Response(
            {
                "results": [
                    {
                        "resource": change.resource,
                        "id": change.id,
                        "revision": change.revision,
                        "deleted": change.deleted,
                        "data": change.data,
                    }
                    for change in changes
                ],
                "cursor": _encode(places[-1]) if places else text,
                "has_more": len(places) == limit,
            }
        )


def _encode(place: Place) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _decode(text: str) -> Place:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        document = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        match document:
            case [int() as revision, str() as name, str() as id_] if 0 <= revision <= MAX_BIGINT:
                # True is a number as well; the cursor of a list begins so.
                if type(revision) is int and "\x00" not in name:
                    return revision, name, UUID(id_)
    except (ValueError, binascii.Error):
        pass
    raise invalid_cursor()

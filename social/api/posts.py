"""Posts, and what people do with them, over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from social.api import examples_posts as examples
from social.api.cards import PLACE_KEY, CardSerializer, card_of, card_page_response, represent
from social.api.examples_feed import A_CARD, A_THREAD
from social.api.feed import OF_TYPE, ThreadSerializer, thread_response
from social.api.people import brief, viewer_of
from social.api.post_shapes import (
    ChangedPostsSerializer,
    LikedSerializer,
    LikerSerializer,
    PostBodySerializer,
    PostChangeSerializer,
    PostEditSerializer,
    PostFilter,
    ReplyBodySerializer,
    ShareBodySerializer,
    VisibilitiesSerializer,
)
from social.formulas.text import normal_hashtag
from social.models import PostEdit
from social.selectors import people, reading
from social.selectors import posts as selectors
from social.selectors.cards import cards
from social.services import likes, posts
from users.api.listing import filter_values
from users.api.owned import content_of, idempotency_key
from users.api.pagination import KeysetPagination, PageRequest, page_response
from users.keyset import Page
from workouts.api.serializers import WorkoutDetailSerializer
from workouts.selectors import workout_with_sets

CURSOR: Final = OpenApiParameter(
    "cursor", str, description="A place in the list, taken from `next` or `previous`."
)
PAGE_SIZE: Final = OpenApiParameter("page_size", int, description="Rows in a page, 1 to 100.")
_MADE: Final[Any] = {201: CardSerializer, 200: CardSerializer}
# How somebody felt and what they weigh is told to no one with a workout.
_OWN_ALONE: Final = {"body_weight_kg": None}
_OWN_ALONE_OF_SETS: Final = {"discomfort": None, "discomfort_note": ""}


class PostViewSet(ViewSet):
    """What people tell each other."""

    lookup_value_converter = "uuid"
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create", "reply", "share"})

    @extend_schema(
        summary="Posts",
        parameters=[
            OpenApiParameter("author", str, description="The username of who wrote them."),
            OF_TYPE,
            OpenApiParameter("hashtag", str, description="A word that they are tagged with."),
            OpenApiParameter("group", UUID, description="Where they were posted."),
            OpenApiParameter(
                "q", str, description='Words that they hold; "in quotes", or -not, as well.'
            ),
        ],
        responses=CardSerializer(many=True),
        examples=[A_CARD],
    )
    def list(self, request: Request) -> Response:
        """Posts that you may read and that reply to nothing, newest first."""
        viewer_id = viewer_of(request)
        hidden = people.hidden_from(viewer_id)
        values = filter_values(PostFilter, request)
        if "hashtag" in values:
            values["hashtag"] = normal_hashtag(values["hashtag"])
        page_request = PageRequest.of(request)
        place = page_request.place_in(PLACE_KEY)
        try:
            if "author" in values:
                values["author"] = people.person_of(values["author"], viewer_id=viewer_id)
        except people.PersonUnknown:
            page = Page(rows=[], more=False)
        else:
            page = selectors.post_page(
                viewer_id=viewer_id,
                hidden=hidden,
                narrowed=selectors.PostFilter(**values),
                size=page_request.size,
                place=place,
            )
        return card_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )

    @extend_schema(
        summary="Post something",
        request=PostBodySerializer,
        responses=_MADE,
        examples=examples.POST,
    )
    def create(self, request: Request) -> Response:
        """Tell people something, or a group of yours. Safe to repeat with an id or a key."""
        return self._made(request, PostBodySerializer, posts.create_post)

    @extend_schema(summary="A post", responses=CardSerializer, examples=[A_CARD])
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One post."""
        viewer_id = viewer_of(request)
        hidden = people.hidden_from(viewer_id)
        reading.readable(pk, viewer_id=viewer_id, hidden=hidden)
        return Response(_card(pk, request, hidden))

    @extend_schema(
        summary="Edit a post",
        request=PostChangeSerializer,
        responses=CardSerializer,
        examples=examples.CHANGED,
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change your post. What it said before stays to be read beside it."""
        shape = PostChangeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        viewer_id = viewer_of(request)
        posts.edit_post(user_id=viewer_id, post_id=pk, content=shape.validated_data)
        return Response(_card(pk, request, people.hidden_from(viewer_id)))

    @extend_schema(summary="Delete a post", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete your post, or one in a group that you run. Replies to it stay."""
        posts.delete_post(user_id=viewer_of(request), post_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Change who reads your posts",
        request=VisibilitiesSerializer,
        responses=ChangedPostsSerializer,
        examples=examples.VISIBILITIES,
    )
    @action(detail=False, methods=["post"])
    def visibility(self, request: Request) -> Response:
        """Give all your posts of one visibility another. Posts in groups stay as they are."""
        shape = VisibilitiesSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = posts.change_visibilities(
            user_id=viewer_of(request),
            old=shape.validated_data["from"],
            new=shape.validated_data["to"],
        )
        return Response({"changed": changed})

    @extend_schema(
        summary="Like a post",
        request=None,
        responses={201: LikedSerializer, 200: LikedSerializer},
        examples=examples.LIKED,
    )
    @action(detail=True, methods=["post"])
    def like(self, request: Request, pk: UUID) -> Response:
        """Like a post. A second time changes nothing."""
        is_new, number = likes.like(user_id=viewer_of(request), post_id=pk)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response({"post": pk, "liked_by_me": True, "likes_count": number}, status=code)

    @extend_schema(summary="Take a like back", responses={204: None})
    @like.mapping.delete
    def unlike(self, request: Request, pk: UUID) -> Response:
        """Like a post no more."""
        likes.unlike(user_id=viewer_of(request), post_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Who likes a post",
        responses=LikerSerializer(many=True),
        examples=examples.LIKES,
    )
    @action(detail=True)
    def likes(self, request: Request, pk: UUID) -> Response:
        """The people who like a post, the latest first."""
        page_request, _, hidden = _asked(request, pk)
        page = reading.likes_page(
            pk, hidden=hidden, size=page_request.size, place=page_request.place_in(PLACE_KEY)
        )
        ends = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
        first, last = ([row["liked_at"], row["like_id"]] if row else None for row in ends)
        rows = [{**brief(row, request), "liked_at": row["liked_at"]} for row in page.rows]
        return page_response(
            request=request, page=page_request, rows=rows, first=first, last=last, more=page.more
        )

    @extend_schema(
        summary="Replies to a post",
        responses=CardSerializer(many=True),
        examples=examples.REPLIES,
    )
    @action(detail=True)
    def replies(self, request: Request, pk: UUID) -> Response:
        """The direct replies to a post, oldest first."""
        return _listed(request, pk, selectors.replies_page)

    @extend_schema(
        summary="Reply to a post",
        request=ReplyBodySerializer,
        responses=_MADE,
        examples=examples.REPLY_MADE,
    )
    @replies.mapping.post
    def reply(self, request: Request, pk: UUID) -> Response:
        """Reply to a post, or to a reply. Safe to repeat with an id or a key."""
        return self._made(request, ReplyBodySerializer, posts.reply, post_id=pk)

    @extend_schema(
        summary="Shares of a post",
        responses=CardSerializer(many=True),
        examples=examples.SHARES,
    )
    @action(detail=True)
    def shares(self, request: Request, pk: UUID) -> Response:
        """The posts that pass this one on, newest first."""
        return _listed(request, pk, selectors.shares_page)

    @extend_schema(
        summary="Share a post",
        request=ShareBodySerializer,
        responses=_MADE,
        examples=examples.SHARE_MADE,
    )
    @shares.mapping.post
    def share(self, request: Request, pk: UUID) -> Response:
        """Pass on a post that everybody may read, or your own. Without words, only once."""
        return self._made(request, ShareBodySerializer, posts.share, post_id=pk)

    @extend_schema(
        summary="What a post said before",
        responses=PostEditSerializer(many=True),
        examples=examples.EDITS,
    )
    @action(detail=True)
    def edits(self, request: Request, pk: UUID) -> Response:
        """Earlier words of a post, the latest first."""
        _asked(request, pk)
        pages = KeysetPagination()
        earlier = PostEdit.objects.filter(post=pk).order_by("-edited_at", "-pk")
        rows = pages.paginate_queryset(earlier.values("id", "content", "edited_at"), request)
        return pages.get_paginated_response(rows)

    @extend_schema(summary="The workout of a post", responses=WorkoutDetailSerializer)
    @action(detail=True)
    def workout(self, request: Request, pk: UUID) -> Response:
        """The workout that the author shows with it: its sets grouped by exercise.

        What they weighed and what hurt is told to nobody else.
        """
        _, post, _ = _asked(request, pk)
        found = post["workout_id"] and workout_with_sets(
            user_id=post["author_id"], workout_id=post["workout_id"]
        )
        if not found:
            raise Http404
        if post["author_id"] != viewer_of(request):
            _keep_private(found)
        return Response(found)

    @extend_schema(
        summary="The conversation of a post",
        parameters=[CURSOR, PAGE_SIZE],
        responses=ThreadSerializer,
        examples=[A_THREAD],
    )
    @action(detail=True)
    def thread(self, request: Request, pk: UUID) -> Response:
        """What the conversation began with, and all replies in it, oldest first."""
        return thread_response(request, pk)

    def _made(
        self,
        request: Request,
        shape: type[Serializer[Any]],
        make: Callable[..., tuple[UUID, bool]],
        **of: UUID,
    ) -> Response:
        """Answer what was written, now or by the same request before."""
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        viewer_id = viewer_of(request)
        made_id, is_new = make(
            user_id=viewer_id,
            content=content_of(given),
            object_id=given.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
            **of,
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_card(made_id, request, people.hidden_from(viewer_id)), status=code)


def represent_posts(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    """Somebody's own posts; what is deleted is not among them."""
    found = cards(user_id, ids, hidden=people.hidden_from(user_id))
    shown = represent((row for row in found.values() if not row["is_deleted"]), None)
    return {row["id"]: row for row in shown}


def _card(post_id: UUID, request: Request, hidden: frozenset[UUID]) -> dict[str, Any]:
    return card_of(post_id, viewer_id=viewer_of(request), hidden=hidden, request=request)


def _asked(
    request: Request, post_id: UUID, find: Callable[..., dict[str, Any]] = reading.readable
) -> tuple[PageRequest, dict[str, Any], frozenset[UUID]]:
    """Which page is asked for, of which post, and who is hidden.

    Raises Post.DoesNotExist for a post that may not be read.
    """
    viewer_id = viewer_of(request)
    hidden = people.hidden_from(viewer_id)
    post = find(post_id, viewer_id=viewer_id, hidden=hidden)
    return PageRequest.of(request), post, hidden


def _listed(request: Request, post_id: UUID, page_of: Callable[..., Page]) -> Response:
    page_request, _, hidden = _asked(request, post_id, reading.answerable)
    page = page_of(
        viewer_id=viewer_of(request),
        hidden=hidden,
        post_id=post_id,
        size=page_request.size,
        place=page_request.place_in(PLACE_KEY),
    )
    return card_page_response(request=request, page_request=page_request, page=page, hidden=hidden)


def _keep_private(workout: dict[str, Any]) -> None:
    workout |= _OWN_ALONE
    for exercise in workout["exercises"]:
        for one in exercise["sets"]:
            one.update(_OWN_ALONE_OF_SETS)


router = SimpleRouter(use_regex_path=False)
router.register("posts", PostViewSet, basename="post")

urlpatterns = router.urls

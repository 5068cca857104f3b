"""What there is to read: the feed, what is for everybody, busy hashtags, conversations."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social.api import examples_feed
from social.api.cards import (
    PLACE_KEY,
    CardSerializer,
    card_page_response,
    cards_of,
    place_of,
)
from social.api.people import viewer_of
from social.models import PostType
from social.selectors import posts
from social.selectors.feed import feed_page
from social.selectors.people import hidden_from
from social.selectors.threads import thread_page
from users.api.listing import filter_values
from users.api.pagination import PageRequest, page_response

_MAX_HASHTAG = 100
OF_TYPE = OpenApiParameter(
    "type", str, enum=PostType.values, description="Only posts of this type."
)


class FeedFilter(filters.FilterSet):
    type = filters.ChoiceFilter(choices=PostType.choices)


class HashtagFilter(filters.FilterSet):
    q = filters.CharFilter(max_length=_MAX_HASHTAG)


class FeedView(GenericAPIView[Any]):
    serializer_class = CardSerializer
    filter_backends = ()

    @extend_schema(
        summary="Your feed",
        operation_id="feed_list",
        parameters=[OF_TYPE],
        responses=CardSerializer(many=True),
        examples=[examples_feed.A_CARD],
    )
    def get(self, request: Request) -> Response:
        """Your posts and those of whom you follow and of your friends, newest first.

        Whom you mute is left out. Posts in groups are in the group's own feed.
        """
        viewer_id = viewer_of(request)
        hidden = hidden_from(viewer_id)
        page_request = PageRequest.of(request)
        page = feed_page(
            viewer_id=viewer_id,
            hidden=hidden,
            **filter_values(FeedFilter, request),
            size=page_request.size,
            place=page_request.place_in(PLACE_KEY),
        )
        return card_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )


class ExploreView(GenericAPIView[Any]):
    serializer_class = CardSerializer
    filter_backends = ()

    @extend_schema(
        summary="What everybody posts",
        operation_id="explore_list",
        parameters=[OF_TYPE],
        responses=CardSerializer(many=True),
        examples=[examples_feed.A_CARD],
    )
    def get(self, request: Request) -> Response:
        """Public posts of public profiles, newest first, without whom you mute."""
        viewer_id = viewer_of(request)
        hidden = hidden_from(viewer_id)
        page_request = PageRequest.of(request)
        page = posts.explore_page(
            viewer_id=viewer_id,
            hidden=hidden,
            **filter_values(FeedFilter, request),
            size=page_request.size,
            place=page_request.place_in(PLACE_KEY),
        )
        return card_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )


class HashtagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="In lower case, without its sign.")
    posts_count = serializers.IntegerField(
        help_text="Posts of the last seven days that everybody may read, up to 5,000 of them all."
    )


class HashtagView(APIView):
    @extend_schema(
        summary="Busy hashtags",
        operation_id="hashtags_list",
        parameters=[OpenApiParameter("q", str, description="How they begin, in whatever case.")],
        responses=HashtagSerializer(many=True),
        examples=[examples_feed.A_HASHTAG],
    )
    def get(self, request: Request) -> Response:
        """The 20 most used hashtags of the last seven days, the busiest first."""
        beginning = filter_values(HashtagFilter, request).get("q", "")
        hidden = hidden_from(viewer_of(request))
        return Response(posts.busy_hashtags(hidden=hidden, beginning=beginning))


class ThreadCardSerializer(CardSerializer):
    depth = serializers.IntegerField(help_text="1 for a reply to the post that it began with.")


class ThreadSerializer(serializers.Serializer[Any]):
    """A conversation. Deleted posts stay in it as stubs while somebody's words hang on them."""

    next = serializers.URLField(allow_null=True, help_text="The page after this one.")
    previous = serializers.URLField(allow_null=True, help_text="The page before this one.")
    post = CardSerializer(help_text="What it began with.")
    results = ThreadCardSerializer(many=True, help_text="The replies to all depths, oldest first.")


def thread_response(request: Request, post_id: UUID) -> Response:
    """Answer the conversation that a post is part of. Raises Http404."""
    viewer_id = viewer_of(request)
    hidden = hidden_from(viewer_id)
    page_request = PageRequest.of(request)
    thread = thread_page(
        viewer_id=viewer_id,
        hidden=hidden,
        post_id=post_id,
        size=page_request.size,
        place=page_request.place_in(PLACE_KEY),
    )
    if thread is None:
        raise Http404
    rows = thread.page.rows
    asked = [{"id": thread.root_id}, *rows]
    found = {card["id"]: card for card in cards_of(asked, request=request, hidden=hidden)}
    if thread.root_id not in found:  # erased since, and all of it
        raise Http404
    first, last = place_of(thread.page)
    answer = page_response(
        request=request,
        page=page_request,
        rows=[found[row["id"]] | {"depth": row["depth"]} for row in rows if row["id"] in found],
        first=first,
        last=last,
        more=thread.page.more,
    )
    answer.data["post"] = found[thread.root_id]
    return answer


urlpatterns = [
    path("feed/", FeedView.as_view(), name="feed"),
    path("explore/", ExploreView.as_view(), name="explore"),
    path("hashtags/", HashtagView.as_view(), name="hashtags"),
]

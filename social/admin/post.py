"""Posts, with what is attached to them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from social.models import Hashtag, Like, Post, PostMedia
from users.admin.reading import MAX_SHOWN, RecordAdmin, RoomAdmin, ShortPaginator, link, table

MODERATED = "admin/social/moderated.html"


@admin.register(Post)
class PostAdmin(RoomAdmin[Post]):
    """To read. Moderators remove a post, and its author deletes it."""

    change_form_template = MODERATED
    list_display = (
        "__str__",
        "author",
        "type",
        "visibility",
        "group",
        "created_at",
        "deleted_at",
    )
    list_select_related = ("author", "group")
    list_filter = ("type", "visibility", ("deleted_at", admin.EmptyFieldListFilter))
    people = ("author",)
    fieldsets = (
        (None, {"fields": ("author", "content", "type", "visibility", "group", "workout")}),
        ("Answers and shares", {"fields": ("parent", "root", "shared_post")}),
        ("Attached", {"fields": ("attached", "tags", "mentioned")}),
        ("What it said before", {"fields": ("earlier",)}),
        ("Counted", {"fields": ("likes_count", "comments_count", "shares_count")}),
        (
            "Record",
            {"fields": ("revision", "created_at", "updated_at", "edited_at", "deleted_at")},
        ),
    )

    @admin.display
    def attached(self, post: Post) -> SafeString | str:
        rows = post.media.select_related("picture").order_by("order")[:MAX_SHOWN]
        return table(
            ["Place", "Kind", "Where", "What it shows"],
            (
                (row.order, row.get_media_type_display(), place_of(row), row.alt_text)
                for row in rows
            ),
        )

    @admin.display(description="hashtags")
    def tags(self, post: Post) -> str:
        names = post.hashtags.order_by("name").values_list("name", flat=True)[:MAX_SHOWN]
        return " ".join(f"#{name}" for name in names) or "-"

    @admin.display
    def mentioned(self, post: Post) -> SafeString | str:
        rows = post.mentions.select_related("person").order_by("person__username")[:MAX_SHOWN]
        return table(["Person"], ((link(row.person, row.person),) for row in rows))

    @admin.display(description="earlier words")
    def earlier(self, post: Post) -> SafeString | str:
        rows = post.edits.order_by("-edited_at")[:MAX_SHOWN]
        return table(["Until", "Words"], ((row.edited_at, row.content) for row in rows))


def place_of(media: PostMedia) -> str:
    """Never shown here: an uploaded picture is private, and elsewhere nothing is asked for."""
    picture = media.picture
    return f"uploaded, {picture} px" if picture else media.media_url


@admin.register(Hashtag)
class HashtagAdmin(RecordAdmin[Hashtag]):
    paginator = ShortPaginator
    list_display = fields = ("name",)
    search_fields = ("name__startswith",)
    search_help_text = "How it begins, without #."
    ordering = ("-id",)
    sortable_by = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Hashtag], search_term: str
    ) -> tuple[QuerySet[Hashtag], bool]:
        begin = search_term.strip().removeprefix("#").casefold()
        return queryset.filter(name__startswith=begin) if begin else queryset, False


@admin.register(Like)
class LikeAdmin(RoomAdmin[Like]):
    list_display = fields = ("user", "post", "created_at")
    list_select_related = ("user", "post")

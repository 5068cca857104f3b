from django.urls import URLPattern, URLResolver

from social.api import (
    achievements,
    challenges,
    comments,
    conversations,
    feed,
    graph,
    group_members,
    groups,
    messages,
    pictures,
    posts,
    reports,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # The busiest first: a URL is looked up from the top.
    *feed.urlpatterns,
    *conversations.urlpatterns,
    *messages.urlpatterns,
    *posts.urlpatterns,
    *pictures.urlpatterns,
    *challenges.urlpatterns,
    *graph.urlpatterns,
    *comments.urlpatterns,
    *groups.urlpatterns,
    *group_members.urlpatterns,
    *achievements.urlpatterns,
    *reports.urlpatterns,
]

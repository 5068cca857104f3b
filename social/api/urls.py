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
    *achievements.urlpatterns,
    *challenges.urlpatterns,
    *comments.urlpatterns,
    *conversations.urlpatterns,
    *feed.urlpatterns,
    *graph.urlpatterns,
    *group_members.urlpatterns,
    *groups.urlpatterns,
    *messages.urlpatterns,
    *pictures.urlpatterns,
    *posts.urlpatterns,
    *reports.urlpatterns,
]

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from users.api import live, sync, viewsets

mine = SimpleRouter(use_regex_path=False)
mine.register("export", viewsets.AccountExportViewSet, basename="account-export")
mine.register("devices", viewsets.PushDeviceViewSet, basename="push-device")

router = SimpleRouter(use_regex_path=False)
router.register("notifications", viewsets.NotificationViewSet)
router.register("users", viewsets.PersonViewSet, basename="user")

urlpatterns = [
    path("users/me/", viewsets.MeView.as_view(), name="me"),
    path("users/me/settings/", viewsets.MySettingsView.as_view(), name="my-settings"),
    path("users/me/avatar/", viewsets.MyAvatarView.as_view(), name="my-avatar"),
    path("users/me/", include(mine.urls)),
    path("sync/", sync.SyncView.as_view(), name="sync"),
    path("stream/", live.StreamView.as_view(), name="stream"),
    path("", include(router.urls)),
]

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)

from config import errors, health, metrics, verification

handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

PUBLIC: dict[str, list[object]] = {"authentication_classes": [], "permission_classes": []}

urlpatterns = [
    # The busiest first: a URL is looked up from the top.
    path("api/v1/", include("workouts.api.urls")),
    path("api/v1/", include("nutrition.api.urls")),
    path("api/v1/", include("analytics.api.urls")),
    path("api/v1/", include("social.api.urls")),
    path("api/v1/", include("wearables.api.urls")),
    path("api/v1/", include("users.api.urls")),
    path("webhooks/", include("wearables.api.webhooks")),
    # There are no telephone numbers here and no tokens to refresh.
    re_path(r"^_allauth/app/v1/(account/phone|auth/phone|tokens/)", errors.absent),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/schema/", SpectacularAPIView.as_view(**PUBLIC), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(**PUBLIC), name="docs"),
    path("api/redoc/", SpectacularRedocView.as_view(**PUBLIC), name="redoc"),
    # By a link that staff send; everybody else types a code.
    re_path(
        r"^accounts/confirm-email/(?P<key>[-:\w]+)/$",
        verification.VerifyByLinkView.as_view(),
        name="account_confirm_email",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("", RedirectView.as_view(pattern_name="docs")),
]

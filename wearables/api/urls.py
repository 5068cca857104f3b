from django.urls import URLPattern, URLResolver

from wearables.api import (
    authorize,
    daily,
    devices,
    heart_rate,
    imports,
    priorities,
    providers,
    push,
    recordings,
    sleep,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # The busiest first: a URL is looked up from the top.
    *daily.urlpatterns,
    *sleep.urlpatterns,
    *heart_rate.urlpatterns,
    *push.urlpatterns,
    *recordings.urlpatterns,
    *devices.urlpatterns,
    *providers.urlpatterns,
    *priorities.urlpatterns,
    *authorize.urlpatterns,
    *imports.urlpatterns,
]

"""What everyone gets of wearables: one's own, and nothing of others."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.architecture.world import Case, World


def of(name: str) -> Any:
    return lambda world: getattr(world.worn, name)


def given(**values: Any) -> Any:
    return lambda world: values


def route_file(world: World) -> dict[str, Any]:
    text = (
        '<gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
        '<trkpt lat="46" lon="14"><time>2026-03-02T18:00:00Z</time></trkpt>'
        '<trkpt lat="46.01" lon="14"><time>2026-03-02T18:10:00Z</time></trkpt>'
        "</trkseg></trk></gpx>"
    )
    return {"file": SimpleUploadedFile("a.gpx", text.encode())}


WEARABLES: dict[tuple[str, str], Case] = {
    ("activity-imports/", "GET"): Case(200),
    ("activity-imports/", "POST"): Case(202, route_file, multipart=True),
    ("activity-imports/<uuid:pk>/", "GET"): Case(200, row=of("imported")),
    ("activity-imports/<uuid:pk>/", "DELETE"): Case(204, row=of("imported")),
    ("activity-imports/<uuid:pk>/undo/", "POST"): Case(200, row=of("imported")),
    ("daily-activity/", "GET"): Case(200),
    ("daily-activity/<day:date>/", "GET"): Case(200, others=404),
    ("devices/", "GET"): Case(200),
    ("devices/", "POST"): Case(
        201, given(provider="apple_watch", connection_mode="push", name="My watch")
    ),
    ("devices/<uuid:pk>/", "GET"): Case(200, row=of("ring")),
    ("devices/<uuid:pk>/", "PATCH"): Case(200, given(name="X"), row=of("ring")),
    ("devices/<uuid:pk>/", "DELETE"): Case(204, row=of("ring")),
    ("devices/<uuid:pk>/backfill/", "POST"): Case(202, given(since="2026-03-01"), row=of("ring")),
    ("devices/<uuid:pk>/disconnect/", "POST"): Case(200, row=of("ring")),
    ("devices/<uuid:pk>/runs/", "GET"): Case(200, row=of("ring")),
    ("devices/<uuid:pk>/sync/", "POST"): Case(202, row=of("ring")),
    ("heart-rate/", "GET"): Case(
        200, given(**{"from": "2026-03-02", "to": "2026-03-02", "resolution": "raw"})
    ),
    ("recorded-workouts/", "GET"): Case(200),
    ("recorded-workouts/<uuid:pk>/", "GET"): Case(200, row=of("recording")),
    ("recorded-workouts/<uuid:pk>/", "DELETE"): Case(204, row=of("recording")),
    ("recorded-workouts/<uuid:pk>/join/", "POST"): Case(
        200, lambda w: {"workout": str(w.workout.pk)}, row=of("recording")
    ),
    ("recorded-workouts/<uuid:pk>/make-primary/", "POST"): Case(200, row=of("recording")),
    ("recorded-workouts/<uuid:pk>/separate/", "POST"): Case(200, row=of("recording")),
    ("recovery/", "GET"): Case(200),
    ("sleep/", "GET"): Case(200),
    ("sleep/<uuid:pk>/", "GET"): Case(200, row=of("sleep")),
    ("sync-runs/", "GET"): Case(200),
    ("sync-runs/<uuid:pk>/", "GET"): Case(200, row=of("run")),
    ("wearable-providers/", "GET"): Case(200),
    # Without a client of ours at the maker, nobody can sign in there.
    ("wearables/<slug:provider>/authorize/", "POST"): Case(409, given()),
    # For browsers: it passes on what it is given, and needs something to pass on.
    ("wearables/<slug:provider>/callback/", "GET"): Case(400, anonymous=400),
    ("wearables/<slug:provider>/callback/", "POST"): Case(400, given(code="x", state="y")),
    ("wearables/priorities/", "GET"): Case(200),
    ("wearables/priorities/<slug:metric>/", "PUT"): Case(
        200, lambda w: {"devices": [str(w.worn.ring.pk)]}, others=400
    ),
    ("wearables/priorities/<slug:metric>/", "DELETE"): Case(204),
    # A phone signs what it sends.
    ("wearables/push/", "POST"): Case(
        403, lambda w: {"device": str(w.worn.phone.pk), "batch_id": "b"}, others=404
    ),
    ("workouts/<uuid:pk>/heart-rate/", "GET"): Case(200, row=lambda w: w.workout),
}

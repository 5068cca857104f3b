"""What is going says so, in its answers and in the document."""

from datetime import date

from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from users.api.deprecation import deprecated


@extend_schema_serializer(deprecate_fields=["pounds"])
class PlateSerializer(serializers.Serializer):
    weight = serializers.FloatField()
    pounds = serializers.FloatField()


class PlatesView(APIView):
    authentication_classes = ()
    permission_classes = ()

    @deprecated(since=date(2026, 3, 1), sunset=date(2027, 3, 1), instead="gyms_list")
    @extend_schema(operation_id="plates_get", responses=PlateSerializer)
    def get(self, request):
        """The plates of a gym."""
        return Response({"weight": 20, "pounds": 44.1})


def test_its_answers_name_the_days_and_still_answer():
    response = PlatesView.as_view()(APIRequestFactory().get("/"))

    assert response.data == {"weight": 20, "pounds": 44.1}
    assert response.headers["Deprecation"] == "@1772323200"
    assert response.headers["Sunset"] == "Mon, 01 Mar 2027 00:00:00 GMT"
    assert response.headers["Link"] == '</api/docs/>; rel="deprecation"; type="text/html"'


def test_the_document_marks_the_operation_and_the_field(monkeypatch):
    monkeypatch.setattr(spectacular_settings, "POSTPROCESSING_HOOKS", [])
    generator = SchemaGenerator(patterns=[path("api/v1/plates/", PlatesView.as_view())])

    document = generator.get_schema(request=None, public=True)

    operation = document["paths"]["/api/v1/plates/"]["get"]
    fields = document["components"]["schemas"]["Plate"]["properties"]
    assert operation["deprecated"] is True
    assert operation["x-sunset"] == "2027-03-01"
    assert operation["x-instead"] == "gyms_list"
    assert operation["operationId"] == "plates_get"
    assert [name for name, field in fields.items() if field.get("deprecated")] == ["pounds"]

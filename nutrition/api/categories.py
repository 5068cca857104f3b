"""The tree of food categories over HTTP."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from nutrition import selectors


class FoodCategorySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    depth = serializers.IntegerField(help_text="0 for a root.")


@extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/FoodBranch"}})
class BranchesField(serializers.ListField):
    """Branches inside a branch, however deep."""


class FoodBranchSerializer(FoodCategorySerializer):
    """A category with those below it."""

    children = BranchesField(help_text="By name, each with its own.")


class FoodCategoryDetailSerializer(FoodCategorySerializer):
    """A category with those above and right below it."""

    ancestors = FoodCategorySerializer(many=True, help_text="From the root down.")
    children = FoodCategorySerializer(many=True)


class FoodCategoriesView(APIView):
    @extend_schema(responses=FoodBranchSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All categories as a tree. `foods/?category=` takes the slug of any branch."""
        return Response(selectors.category_tree())


class FoodCategoryView(APIView):
    @extend_schema(responses=FoodCategoryDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One category with those above and right below it."""
        found = selectors.category(slug)
        if found is None:
            raise Http404
        return Response(found)

"""What staff may look up in the food diary, and what they put right in the table of foods."""

from nutrition.admin import category, diary, food, image, parts, recipe, transfer

__all__ = ["category", "diary", "food", "image", "parts", "recipe", "transfer"]

"""A Kalman filter that learns what a person spends from food and the noisy weights of a scale."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

from analytics.formulas.result import require_positive

# By convention. Over short windows less, 6000 say, as lean mass comes and goes with fat.
KCAL_PER_KG: Final = 7700


@dataclass(frozen=True, kw_only=True)
class FilterSettings:
    """What the filter takes for granted; a result keeps the settings that made it.

    A scale is 0.6 kg off, the weight itself 0.05 kg a day beside the balance; expenditure drifts
    20 kcal a day, and a formula starts it within 300 kcal. A day without reliable food may be
    1000 kcal off balance. All of them are standard deviations.
    """

    kcal_per_kg: float = KCAL_PER_KG
    scale_sd_kg: float = 0.6
    weight_drift_sd_kg: float = 0.05
    tdee_drift_sd_kcal: float = 20
    start_sd_kcal: float = 300
    unlogged_sd_kcal: float = 1000

    def __post_init__(self) -> None:
        require_positive(**vars(self))


class ExpenditureFilter:
    """The two states, weight in kg and expenditure in kcal a day, and their covariance."""

    def __init__(self, weight_kg: float, tdee_kcal: float, settings: FilterSettings) -> None:
        self.settings = settings
        self.weight_kg = weight_kg
        self.tdee_kcal = tdee_kcal
        self.weight_variance = settings.scale_sd_kg**2
        self.covariance = 0.0
        self.tdee_variance = settings.start_sd_kcal**2

    def live(self, intake_kcal: float | None, *, intake_sd_kcal: float = 0) -> None:
        """From a morning to the next: food in, expenditure out. None is a day without its food."""
        settings = self.settings
        self.weight_variance += settings.weight_drift_sd_kg**2
        if intake_kcal is None:
            # The intake is taken to be the expenditure, whatever that is: the day says nothing
            # about it, and the weight may have gone anywhere.
            self.weight_variance += (settings.unlogged_sd_kcal / settings.kcal_per_kg) ** 2
        else:
            per_kcal = 1 / settings.kcal_per_kg
            self.weight_kg += (intake_kcal - self.tdee_kcal) * per_kcal
            self.weight_variance += (
                self.tdee_variance * per_kcal**2
                - 2 * self.covariance * per_kcal
                + (intake_sd_kcal * per_kcal) ** 2
            )
            self.covariance -= self.tdee_variance * per_kcal
        self.tdee_variance += settings.tdee_drift_sd_kcal**2

    def weigh(self, weight_kg: float) -> None:
        """Learn from a weigh-in: the more, the less the filter knows and the scale errs."""
        surprise = weight_kg - self.weight_kg
        variance = self.weight_variance + self.settings.scale_sd_kg**2
        weight_gain, tdee_gain = self.weight_variance / variance, self.covariance / variance
        self.weight_kg += weight_gain * surprise
        self.tdee_kcal += tdee_gain * surprise
        self.tdee_variance -= tdee_gain * self.covariance
        self.covariance -= weight_gain * self.covariance
        self.weight_variance -= weight_gain * self.weight_variance

    @property
    def tdee_sd_kcal(self) -> float:
        return sqrt(self.tdee_variance)

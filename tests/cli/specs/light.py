"""A lamp that should be lit again and again; one with a battery does so only if it is charged."""

from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Model,
    action,
    all_of,
    fairness,
    frozen,
    initial,
    refines,
    weakly_fair,
)


@frozen
class Lit:
    on: bool


@frozen
class Light(Model[Lit]):
    """A lamp that is switched on whenever it is dark."""

    @initial
    def dark(self) -> Lit:
        return Lit(False)

    @action(fair="weak")
    def lights(self, s: Lit) -> Lit | None:
        return None if s.on else Lit(True)

    @action
    def darkens(self, s: Lit) -> Lit | None:
        return Lit(False) if s.on else None


@frozen
class Power:
    on: bool
    charge: Annotated[int, Between(0, 2)]


@frozen
class Battery(Model[Power]):
    """A lamp that is lit when it is charged, which nobody need do for long."""

    @initial
    def empty(self) -> Power:
        return Power(False, 0)

    @action
    def charges(self, s: Power) -> Power | None:
        return Power(s.on, s.charge + 1) if s.charge < 2 else None

    @action
    def loses_charge(self, s: Power) -> Power | None:
        return Power(s.on, 0) if s.charge == 1 else None

    @action
    def lights(self, s: Power) -> Power | None:
        return Power(True, 0) if s.charge == 2 and not s.on else None

    @action
    def darkens(self, s: Power) -> Power | None:
        return Power(False, s.charge) if s.on else None

    @fairness
    def goes_on(self) -> Formula[Power]:
        return all_of(weakly_fair(self.charges), weakly_fair(self.lights))

    @refines(Light)
    def as_light(self, s: Power) -> Lit:
        """What is seen of it."""
        return Lit(s.on)


@frozen
class IdleBattery(Battery):
    """The same, and it may stay as it is for ever."""

    @fairness
    def goes_on(self) -> Formula[Power]:
        return weakly_fair(self.lights)


@frozen
class FlashingBattery(Battery):
    """Broken: it is lit from the start."""

    @initial
    def empty(self) -> Power:
        return Power(True, 0)


@frozen
class PlainLit:
    on: bool
    charged: bool


@frozen
class PlainLight(Model[PlainLit]):
    """A lamp that is never charged."""

    @initial
    def dark(self) -> PlainLit:
        return PlainLit(False, False)

    @action(fair="weak")
    def lights(self, s: PlainLit) -> PlainLit | None:
        return None if s.on else PlainLit(True, s.charged)


@frozen
class BlinkingBattery(Battery):
    """Broken: the lamp shows its charge, which the abstract one does not have."""

    @refines(PlainLight)
    def as_light(self, s: Power) -> PlainLit:  # type: ignore[override]
        return PlainLit(s.on, s.charge > 0)

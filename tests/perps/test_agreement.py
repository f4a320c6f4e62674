"""Perpetuals agree with the plain reference, step by step and round by round."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.perps import PerpReport, PerpState
from tests.perps.exchanges import (
    DT,
    ROUNDS,
    SPOT,
    Scene,
    advance,
    in_trouble,
    liquidate,
    moves,
    scene,
)
from tests.reference.perp_moves import (
    advance_perps,
    liquidate_perps,
    perps_in_trouble,
)
from tests.reference.perps import PerpFlows, initial_perps


class Both:
    """The two engines beside each other, and what is different."""

    def __init__(self, given: Scene) -> None:
        self.scene = given
        perps = given.perps
        self.state = perps.init(jnp.asarray(SPOT)[:, None])
        self.plain = initial_perps(given.exchange, SPOT)
        self.worst = 0.0

    def advance(self, spot: np.ndarray) -> None:
        self.state, sold, report = advance(
            self.scene.perps, self.state, jnp.asarray(spot)[:, None], jnp.asarray(DT)
        )
        flows = advance_perps(self.scene.exchange, self.plain, spot, DT)
        self.compare(self.state, sold, report, flows, spot)

    def round(self, spot: np.ndarray) -> PerpFlows | None:
        """A round if anybody is in trouble."""
        price = jnp.asarray(spot)[:, None]
        trouble = perps_in_trouble(self.scene.exchange, self.plain, spot)
        assert in_trouble(self.scene.perps, self.state, price).item() == trouble
        if not trouble:
            return None
        self.state, sold, report = liquidate(self.scene.perps, self.state, price)
        flows = liquidate_perps(self.scene.exchange, self.plain, spot)
        self.compare(self.state, sold, report, flows, spot)
        return flows

    def compare(
        self,
        state: PerpState,
        sold: jax.Array,
        report: PerpReport,
        flows: PerpFlows,
        spot: np.ndarray,
    ) -> None:
        """Everything, over open interest."""
        whole = self.scene.open_interest
        near(state.open[:, 0], np.concatenate(self.plain.open), 1.0)
        near(state.balance[:, 0], self.plain.balance, whole)
        near(state.cash, [self.plain.cash], whole)
        near(state.insurance, [self.plain.insurance], whole)
        near(state.deficit, [self.plain.deficit], whole)
        near(sold[:, 0] * spot, flows.sold * spot, whole)
        own = self.scene.perps.contracts.spot(jnp.asarray(spot)[:, None])[:, 0]
        near(state.unhedged[:, 0] * own, self.plain.unhedged * own, whole)
        held = self.scene.perps.makers_position(state)[:, 0]
        near(held * own, self.plain.position * own, whole)
        near(report.liquidated[:, 0], flows.liquidated, whole)
        near(report.deleveraged[:, 0], flows.deleveraged, whole)
        near(report.flow[:, 0], flows.flow, whole)
        near(report.funding[:, 0], flows.funding, whole)
        near(report.insurance_paid, [flows.insurance_paid], whole)


def near(found: object, expected: object, scale: float) -> None:
    np.testing.assert_allclose(
        np.asarray(found), np.asarray(expected), rtol=0, atol=1e-9 * scale
    )


CASES = [
    ("deleverage", 0.0, "power", "instant"),
    ("deleverage", 0.002, "power", "heartbeat"),
    pytest.param("deleverage", 0.002, "product", "instant", marks=pytest.mark.slow),
    pytest.param("deleverage", 1.0, "power", "instant", marks=pytest.mark.slow),
    ("socialise", 0.001, "power", "heartbeat"),
]


@pytest.mark.parametrize(("rule", "insurance", "book", "oracle"), CASES)
def test_both_engines_agree_along_a_path(
    rule: str, insurance: float, book: str, oracle: str
) -> None:
    liquidated = deleveraged = paid = unwound = 0.0
    for seed in range(5):
        with jax.enable_x64(True):
            both = Both(
                scene(seed, rule=rule, insurance=insurance, book=book, oracle=oracle)
            )
            for spot in moves(seed, steps=12, paths=1)[..., 0]:
                before = np.concatenate(both.plain.open).sum()
                both.advance(spot)
                unwound += before - np.concatenate(both.plain.open).sum()
                for _ in range(ROUNDS):
                    flows = both.round(spot)
                    if flows is None:
                        break
                    liquidated += flows.liquidated.sum()
                    deleveraged += flows.deleveraged.sum()
                    paid += flows.insurance_paid
    # A comparison of nothing with nothing would be no test.
    assert min(liquidated, paid, unwound) > 0
    assert (deleveraged > 0) == (rule == "deleverage" and insurance < 1)

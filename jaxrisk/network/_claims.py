"""Assets that are claims: what failures, losses and redemptions leave behind them."""

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._numerics import matmul
from .._random import Draw
from .._typing import AssetPath, ReservePath, Scalar, SourcePath
from ._base import AbstractNetwork, Backing, NetworkReport, Redeemed
from ._failures import LEAST, Failures
from ._spirals import Spirals, SpiralState


class ClaimsState(eqx.Module):
    """What is left of what backed every asset."""

    failed: AssetPath  # by failures [log]
    marked: AssetPath  # by losses and redemptions in the system [log]
    lowest: AssetPath  # of both together, before the last step [log]
    strikes: SourcePath  # how often each source has failed
    spirals: SpiralState


class Claims(AbstractNetwork[ClaimsState]):
    r"""Marks on assets; the prices' `lift` carries them to all that rests on those.

    Moves the two marks of every asset in and out, once a step, and reads them wherever
    log prices are formed; bound by that. What a market's loss marks is in the program
    only where a write-off is, redemptions only where there is a stablecoin.
    """

    failures: Failures
    receipts: Float[Array, "asset reserve"]  # one where an asset is the receipt of one
    spirals: Spirals
    assets: tuple[int, ...] = eqx.field(static=True)  # that may be marked

    @property
    def claims(self) -> tuple[int, ...]:
        """Assets that may be marked."""
        return self.assets

    @property
    def redeems(self) -> bool:
        """Whether there is a stablecoin to redeem."""
        return bool(self.spirals.stable)

    def init(self, paths: int) -> ClaimsState:
        """Everything is backed."""
        full = jnp.zeros((self.receipts.shape[0], paths), self.receipts.dtype)
        sources = self.failures.hazard.shape[0]
        return ClaimsState(
            failed=full,
            marked=full,
            lowest=full,
            strikes=jnp.zeros((sources, paths), full.dtype),
            spirals=self.spirals.init(paths),
        )

    def blank(self, paths: int) -> NetworkReport:
        """Nothing was redeemed."""
        nothing = jnp.zeros((len(self.spirals.stable), paths), self.receipts.dtype)
        return NetworkReport(redeemed=nothing, defended=nothing)

    def advance(self, state: ClaimsState, draw: Draw, dt: Scalar) -> ClaimsState:
        """Bridges and issuers fail, validators are slashed."""
        strikes = self.failures.strikes(state.strikes, draw, dt)
        return ClaimsState(
            failed=self.failures.fallen(state.failed, strikes),
            marked=state.marked,
            lowest=jnp.minimum(state.lowest, state.failed + state.marked),
            strikes=state.strikes + strikes,
            spirals=state.spirals,
        )

    def marked(self, state: ClaimsState, impact: AssetPath) -> AssetPath:
        """Log impacts with all marks added."""
        return impact + (state.failed + state.marked)

    def failed(self, state: ClaimsState, impact: AssetPath) -> AssetPath:
        """Log impacts with the marks of failures added."""
        return impact + state.failed

    def mark_down(self, state: ClaimsState, share: ReservePath) -> ClaimsState:
        r"""Suppliers of every reserve lose a share of what they supplied.

        .. math:: B' = \max(B - share, LEAST)

        A receipt is a claim on the supply of its reserve at face value, so that the
        same loss costs it the same whatever it has lost before.

        Args:
            state: Before.
            share: Loss over supply at face value [ratio].
        """
        lost = matmul(self.receipts, share)
        left = jnp.maximum(jnp.exp(state.marked) - lost, LEAST)
        marked = jnp.where(lost > 0, jnp.log(left), state.marked)
        return eqx.tree_at(lambda at: at.marked, state, marked)

    def redeem(self, state: ClaimsState, market: AssetPath, dt: Scalar) -> Redeemed:
        """Holders of stablecoins leave: dilute, mark, and send orders.

        Args:
            state: Before.
            market: Market prices [USD].
            dt: Length of the step [year].

        Returns:
            The state; stablecoins sold by those who could not redeem, and backing
            tokens sold by those who did [token]; the report.
        """
        spirals = self.spirals
        stable, token = np.array(spirals.stable), np.array(spirals.token)
        prices = spirals.prices(market)
        exits = spirals.exit(state.spirals, prices, state.marked[token], dt)
        after = spirals.after(state.spirals, exits)
        # Dilution leaves the capitalisation as it is: more tokens at a lower price.
        diluted = prices[1] * jnp.exp(-exits.dilution)
        mark = spirals.mark(spirals.coverage(after, diluted))
        marked = state.marked.at[token].add(-exits.dilution).at[stable].set(mark)
        nothing = jnp.zeros_like(market)
        sold = nothing.at[stable].set(exits.sold).at[token].set(exits.minted)
        return Redeemed(
            state=eqx.tree_at(
                lambda at: (at.marked, at.spirals), state, (marked, after)
            ),
            sold=sold,
            report=NetworkReport(redeemed=exits.redeemed, defended=exits.spent),
        )

    def backing(self, state: ClaimsState, market: AssetPath) -> Backing:  # noqa: ARG002
        """What has backed every claim up to now."""
        rows = np.array(self.assets, np.int64)
        lowest = jnp.minimum(state.lowest, state.failed + state.marked)
        return Backing(lowest=jnp.exp(lowest[rows]), left=jnp.exp(state.failed[rows]))


def build_claims(
    *,
    failures: Failures,
    spirals: Spirals,
    receipts: Sequence[tuple[int, int]],
    assets: int,
    reserves: int,
    dtype: np.dtype,
) -> Claims:
    """Put the marks of all assets together.

    Args:
        failures: What may fail.
        spirals: Stablecoins that are redeemed.
        receipts: Asset and reserve of every receipt.
        assets: Number of assets.
        reserves: Number of reserves.
        dtype: Of the arrays on the device.

    Raises:
        ValueError: If a receipt is one twice, or a stablecoin as well.
    """
    of_reserve = np.zeros((assets, reserves))
    for asset, reserve in receipts:
        if of_reserve[asset].any() or asset in spirals.stable:
            raise ValueError(
                f"Asset {asset} is marked for two reasons: a receipt is that of one "
                "reserve, and no mint-and-burn stablecoin; give each its own asset."
            )
        of_reserve[asset, reserve] = 1.0
    fails = np.flatnonzero(np.asarray(failures.log_left).any(axis=1)).tolist()
    owed = [asset for asset, _ in receipts]
    return Claims(
        failures=failures,
        receipts=jnp.asarray(of_reserve, dtype),
        spirals=spirals,
        assets=tuple(sorted({*fails, *owed, *spirals.stable, *spirals.token})),
    )

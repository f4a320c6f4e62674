"""What a sweep found, in a few lines."""

from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    import xarray as xr

    from ..sweep import Swept

_MEASURES = (
    ("bad_debt_es", "ES of bad debt", "USD"),
    ("bad_debt_probability", "P(bad debt > 0)", "1"),
    ("liquidations_at_risk", "LaR", "USD"),
    ("capital_efficiency", "capital efficiency", "1"),
)


def table_of(found: "Swept") -> str:
    """The least and the most of each measure, and the settings that have them."""
    from ..sweep import dataset_of

    plan = found.plan
    good = found.settings - found.failed
    lines = [
        f"{plan.name}: {found.settings:,} settings x {plan.paths:,} paths,"
        f" seed {plan.seed}; {good:,} done, {found.failed:,} failed"
    ]
    if good:
        dataset = dataset_of(found.folder)
        for name, title, unit in _MEASURES:
            lines += _extremes(dataset, name, title, unit)
    return "\n".join(lines)


def _extremes(dataset: "xr.Dataset", name: str, title: str, unit: str) -> list[str]:
    values = dataset[name].sel(scope="total")
    error = dataset.get(f"{name}_se", 0 * dataset[name]).sel(scope="total")
    if "level" in values.dims:
        level = min(values["level"].values.tolist(), key=lambda each: abs(each - 0.99))
        values, error = values.sel(level=level), error.sel(level=level)
        title = f"{title} {100 * level:g} %"
    lines = []
    for word, where in (("least", values.argmin(...)), ("most", values.argmax(...))):
        assert isinstance(where, dict)
        one, spread = float(values.isel(where)), float(error.isel(where))
        amount = _amount(one, spread, unit)
        setting = _setting(values.isel(where), list(values.dims))
        label = title if not lines else ""
        lines.append(f"  {label:26}{word:6} {amount:26} {setting}")
    return lines


def _setting(at: "xr.DataArray", dims: list[Any]) -> str:
    """The swept values of one setting."""
    names = [str(name) for name in at.coords if name not in ("scope", "level")]
    ordered = sorted(names, key=lambda name: (name not in dims, name))
    texts = []
    for name in ordered:
        value = at.coords[name].values.item()
        shown = f"{value:,.6g}" if isinstance(value, float) else str(value)
        texts.append(f"{name} {shown}")
    return ", ".join(texts)


def _amount(value: float, error: float, unit: str) -> str:
    if unit == "USD":
        return f"{value / 1e6:,.3f} ± {error / 1e6:,.3f} M USD"
    spread = f" ± {100 * error:,.2f}" if error else ""
    return f"{100 * value:,.2f}{spread} %"

"""Which market an application may choose (B1)."""

from __future__ import annotations

from decimal import Decimal

from domain.registration.applications import Stage


def after_approval(capacity_kva: Decimal | None, threshold_kva: int) -> Stage:
    """Where an approved application goes: at the threshold or above, the user chooses; below it, retail only."""
    if capacity_kva is not None and capacity_kva >= threshold_kva:
        return Stage.AWAITING_MARKET
    return Stage.AWAITING_RETAILER


NEXT_STEPS = {
    Stage.AWAITING_MARKET: "请选择批发市场或零售市场",
    Stage.AWAITING_RETAILER: "请在零售市场选取售电公司",
    Stage.AWAITING_CERTIFICATE: "请办理数字证书和电子签章",
    Stage.REGISTERED: "可以交易",
}

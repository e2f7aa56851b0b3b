"""How often one phone may be written to, over rolling times of the moved clock."""

from sandbox.aliyun.templates import BusinessError
from sandbox.clock import Clock
from sandbox.store import Store

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
# (seconds, how many, the words of the refusal). Source: Aliyun's page on frequency limits.
_CODE = ((MINUTE, 1, "分钟"), (HOUR, 5, "小时"), (DAY, 10, "天"))
CODES_PER_PHONE_A_DAY = 40
NOTICES_A_DAY = 50


class Frequency:
    """Counts what was submitted, whether it arrived or not."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def check(self, phone: str, sign: str, template: str, kind: str) -> None:
        """Raise BusinessError when one more would be too many.

        Codes: 1 a minute, 5 an hour, 10 a day per signature. Notices: 50 a day per signature and template.
        """
        now = self._clock.now()
        sent = [sms for sms in self._store.sms(phone, now - DAY) if sms["at"] <= now]
        same_sign = [sms for sms in sent if sms["sign"] == sign and sms["kind"] == kind]
        if kind == "code":
            for seconds, limit, word in _CODE:
                if sum(now - sms["at"] < seconds for sms in same_sign) >= limit:
                    raise BusinessError("isv.BUSINESS_LIMIT_CONTROL", f"触发{word}级流控Permits:{limit}")
            if sum(sms["kind"] == "code" for sms in sent) >= CODES_PER_PHONE_A_DAY:
                raise BusinessError("isv.DAY_LIMIT_CONTROL", f"触发日发送限额{CODES_PER_PHONE_A_DAY}")
        elif sum(sms["template"] == template for sms in same_sign) >= NOTICES_A_DAY:
            raise BusinessError("isv.BUSINESS_LIMIT_CONTROL", f"触发天级流控Permits:{NOTICES_A_DAY}")

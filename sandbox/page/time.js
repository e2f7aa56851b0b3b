// The market's people live in one time zone; every time on the page is shown in it.

const ZONE = "Asia/Shanghai";
const WEEKDAYS = "日一二三四五六";

/** Milliseconds of an ISO text; without an offset it is meant as China's time. */
export function millis(iso) {
  const text = String(iso);
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}+08:00`);
}

function parts(ms) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(new Date(ms)).map((part) => [part.type, part.value]));
}

/** 09:41 */
export function hourMinute(ms) {
  const { hour, minute } = parts(ms);
  return `${hour}:${minute}`;
}

/** 11月23日 周一; with the year in front where it is not the present one. */
export function longDate(ms) {
  const { year, month, day } = parts(ms);
  const weekday = new Date(Date.UTC(+year, +month - 1, +day)).getUTCDay();
  const prefix = year === parts(Date.now()).year ? "" : `${year}年`;
  return `${prefix}${+month}月${+day}日 周${WEEKDAYS[weekday]}`;
}

/** The separator between messages: 09:41, 昨天 09:41, 11月21日 09:41, 2025年11月21日 09:41. */
export function chatTime(ms, now) {
  const day = 86400000;
  const dayOf = (time) => { const p = parts(time); return `${p.year}-${p.month}-${p.day}`; };
  if (dayOf(ms) === dayOf(now)) return hourMinute(ms);
  if (dayOf(ms) === dayOf(now - day)) return `昨天 ${hourMinute(ms)}`;
  const { year, month, day: date } = parts(ms);
  const prefix = year === parts(now).year ? "" : `${year}年`;
  return `${prefix}${+month}月${+date}日 ${hourMinute(ms)}`;
}

/** The value of a datetime-local field for a moment, in China's time. */
export function fieldValue(ms) {
  const { year, month, day, hour, minute } = parts(ms);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** The other way: a datetime-local value as an ISO text with the zone's offset. */
export function fieldIso(value) {
  return `${value.length === 16 ? `${value}:00` : value}+08:00`;
}

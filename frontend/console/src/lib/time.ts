/** Times as people read them. Instants are milliseconds since 1970; zones are names such as "Asia/Shanghai". */

export type Locale = 'zh' | 'en'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS: Record<Locale, { day: string; hour: string; minute: string; second: string; gap: string }> = {
  zh: { day: '天', hour: '时', minute: '分', second: '秒', gap: '' },
  en: { day: 'd', hour: 'h', minute: 'm', second: 's', gap: ' ' },
}

/** The two largest units of a length of time: "2d 4h", "1h 05m", "12m"; seconds below a minute. */
export function duration(ms: number, locale: Locale): string {
  const u = UNITS[locale]
  const length = Math.max(0, ms)
  if (length < MINUTE) return `${Math.floor(length / 1000)}${u.second}`
  if (length < HOUR) return `${Math.floor(length / MINUTE)}${u.minute}`
  if (length < DAY) {
    const minutes = String(Math.floor((length % HOUR) / MINUTE)).padStart(2, '0')
    return `${Math.floor(length / HOUR)}${u.hour}${u.gap}${minutes}${u.minute}`
  }
  return `${Math.floor(length / DAY)}${u.day}${u.gap}${Math.floor((length % DAY) / HOUR)}${u.hour}`
}

/** How long ago, in one unit: "now", "5m", "3h", "2d". */
export function age(since: number, now: number, locale: Locale): string {
  const u = UNITS[locale]
  const length = now - since
  if (length < MINUTE) return locale === 'zh' ? '刚刚' : 'now'
  const [amount, unit] =
    length < HOUR ? [length / MINUTE, u.minute] : length < DAY ? [length / HOUR, u.hour] : [length / DAY, u.day]
  const whole = `${Math.floor(amount)}${unit}`
  return locale === 'zh' ? `${whole.replace(/分$/, '分钟').replace(/时$/, '小时')}前` : whole
}

export type Pressure = 'calm' | 'soon' | 'over'

/** How a deadline stands: over, soon (an hour, or the last fifth of the limit if that is less), or calm. */
export function pressure(opened: number, due: number, now: number): Pressure {
  if (now >= due) return 'over'
  return due - now < Math.min(HOUR, (due - opened) / 5) ? 'soon' : 'calm'
}

function formatter(options: Intl.DateTimeFormatOptions, zone: string, locale: Locale): Intl.DateTimeFormat {
  const key = JSON.stringify([options, zone, locale])
  let found = formatters.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : 'en-GB', { ...options, timeZone: zone })
    formatters.set(key, found)
  }
  return found
}
const formatters = new Map<string, Intl.DateTimeFormat>()

/** "14:05:09" */
export function clockTime(at: number, zone: string, locale: Locale): string {
  return formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }, zone, locale).format(at)
}

/** "Mon 23 Nov", "11月23日周一" */
export function calendarDay(at: number, zone: string, locale: Locale): string {
  return formatter({ weekday: 'short', day: 'numeric', month: 'short' }, zone, locale).format(at).replace(',', '')
}

/** Time of the day for today, with the date for other days: "14:05", "21 Nov 14:05". */
export function moment(at: number, now: number, zone: string, locale: Locale): string {
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hour12: false }
  const sameDay = formatter(day, zone, locale).format(at) === formatter(day, zone, locale).format(now)
  return formatter(sameDay ? time : { ...day, ...time }, zone, locale)
    .format(at)
    .replace(',', '')
}

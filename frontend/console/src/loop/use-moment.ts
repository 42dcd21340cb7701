import { moment } from '@/lib/time'
import { timezone } from '@/store/city'
import { coarseNow } from '@/store/clock'
import { preferences } from '@/store/preferences'

/** A time of the city as it is written in lists: "14:05", "21 Nov 14:05". */
export const at = (iso: string): string => moment(Date.parse(iso), coarseNow.value, timezone.value, preferences.locale)

/** Ladders as sentences. */
import { useI18n } from 'vue-i18n'
import type { Step, When } from '@/api/ladders'
import { categoryName, channelName, departmentName, majorName, urgencyName } from '@/store/city'
import { preferences } from '@/store/preferences'

export const TARGETS = ['stage', 'handler', 'department', 'department_head', 'joint', 'dispatcher', 'operator', 'duty_chief', 'leader', 'hotline_agent', 'grid_worker', 'administrator']
const MAJOR_LENGTH = 4 // "E-01"

export function useSentences() {
  const { t, te } = useI18n()
  const listed = (words: string[]): string => words.join(preferences.locale === 'zh' ? '、' : ', ')
  const target = (code: string): string => (te(`ladders.targets.${code}`) ? t(`ladders.targets.${code}`) : t(`loop.roles.${code}`))
  const category = (code: string): string => (code.length <= MAJOR_LENGTH ? majorName(code) : categoryName(code))

  function step({ after, value = 0, unit = 'working_hour', tell, supervise }: Step): string {
    const moment = value > 0 ? t(`ladders.later.${after}`, { time: t(`panel.units.${unit}`, value) }) : t(`ladders.at.${after}`)
    const said = t('ladders.tells', { moment, who: tell.length > 0 ? listed(tell.map(target)) : '…' })
    return supervise ? said + t('ladders.supervises', { how: t(`loop.supervision.${supervise}`) }) : said
  }
  function when({ urgency, category: codes, department, channel }: When): string {
    const parts = [
      urgency && t('ladders.fits.urgency', { list: listed(urgency.map(urgencyName)) }),
      codes && t('ladders.fits.category', { list: listed(codes.map(category)) }),
      department && t('ladders.fits.department', { list: listed(department.map(departmentName)) }),
      channel && t('ladders.fits.channel', { list: listed(channel.map(channelName)) }),
    ].filter(Boolean)
    return parts.length > 0 ? parts.join(t('ladders.and')) : t('ladders.every')
  }
  return { step, when, target, category }
}

/** Rules as sentences. */
import { useI18n } from 'vue-i18n'
import type { Condition, DepartmentOf, Rule } from '@/api/rules'
import { bootstrap, categoryName, channelName, departmentName, majorName, nameOf, urgencyName, zoneKindName } from '@/store/city'
import { preferences } from '@/store/preferences'
import { fields } from './editor'

const MOST_NAMED = 4

export function useSentences() {
  const { t } = useI18n()
  const fieldOf = (code: string) => fields.value?.fields.find((field) => field.code === code)

  function one(choices: string, value: unknown): string {
    const text = String(value)
    switch (choices) {
      case 'categories': return categoryName(text)
      case 'majors': return majorName(text)
      case 'kinds': return t(`rules.${text}`)
      case 'channels': return channelName(text)
      case 'sources': return nameOf(fields.value?.sources.find(({ code }) => code === text)) || text
      case 'urgencies': return urgencyName(Number(value))
      case 'zone_kinds': return zoneKindName(text)
      case 'departments': return departmentName(text)
      case 'yes_no': return t(value ? 'rules.yes' : 'rules.no')
      case 'weekdays': return t(`rules.weekdays.${text}`)
      case 'flags': return nameOf(fields.value?.flags.find(({ code }) => code === text)) || text
      case 'words': return preferences.locale === 'zh' ? `“${text}”` : `"${text}"`
      default: return text
    }
  }

  function condition({ field: code, op, value }: Condition): string {
    const field = fieldOf(code)
    const name = field ? nameOf(field) : code
    const choices = field?.choices ?? ''
    const gap = preferences.locale === 'zh' ? '' : ' '
    if (choices === 'count') {
      const { reports, hours, same } = value as { reports: number; hours: number; same: string }
      return `${name}: ${t('rules.countOf', { reports, hours, same: t(`rules.same.${same}`) })}`
    }
    if (choices === 'hours' && Array.isArray(value)) return `${name} ${t('rules.hourOf', { from: value[0], to: value[1] })}`
    if (choices === 'days' && Array.isArray(value)) return `${name} ${t('rules.dayOf', { from: value[0], to: value[1] })}`
    const list = (Array.isArray(value) ? value : [value]).map((single) => one(choices, single))
    const more = list.length > MOST_NAMED ? ` +${list.length - MOST_NAMED}` : ''
    const names = list.slice(0, MOST_NAMED).join(preferences.locale === 'zh' ? '、' : ', ') + more
    return `${name}${gap}${t(`rules.ops.${op}`)}${gap}${names}`
  }

  function target(department: DepartmentOf): string {
    if (typeof department === 'string') return departmentName(department) || '…'
    const or = department.else ? ` (${t('rules.else')} ${departmentName(department.else)})` : ''
    if (department.from === 'component') return `${t('rules.way.component')} (${t(`rules.role.${department.role ?? 'manager'}`)})${or}`
    return `${t('rules.way.zone')} (${zoneKindName(department.kind ?? '')})${or}`
  }

  const when = (rule: Rule): string => (rule.when.length === 0 ? t('rules.always') : rule.when.map(condition).join(` ${t('rules.and')} `))
  return { when, target, condition, zoneKinds: () => bootstrap.value?.zone_kinds ?? [] }
}

/** What a person has set for this browser: theme, language, graphics, layers. Kept in local storage. */
import { usePreferredDark } from '@/lib/media'
import { computed, reactive, watch, watchEffect } from 'vue'
import { i18n, type Locale } from '@/i18n'
import { applyTokens, dark, light } from '@/theme/tokens'

export type ThemeMode = 'system' | 'dark' | 'light'

export interface MapLayers {
  devices: boolean
  buildings: boolean
  labels: boolean
  /** Codes of the zone kinds whose outlines are drawn. */
  zones: string[]
  /** What the grid is coloured by. */
  shade: 'none' | 'load' | 'overdue'
  heat: boolean
  departments: boolean
  people: boolean
  vehicles: boolean
  water: boolean
}

interface Preferences {
  theme: ThemeMode
  locale: Locale
  lowGraphics: boolean
  /** Whether this browser's graphics were looked at once; from then on the person decides. */
  graphicsSeen: boolean
  layers: MapLayers
}

const KEY = 'yiwang.preferences'

function defaults(): Preferences {
  return {
    theme: 'system',
    locale: navigator.language.startsWith('zh') ? 'zh' : 'en',
    lowGraphics: false,
    graphicsSeen: false,
    layers: {
      devices: true,
      buildings: true,
      labels: true,
      zones: ['district', 'street', 'community', 'cell'],
      shade: 'none',
      heat: false,
      departments: false,
      people: true,
      vehicles: true,
      water: true,
    },
  }
}

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}')
  } catch {
    return {} // an unreadable setting is no reason to show nothing
  }
}

const first = defaults()
const saved = stored()
export const preferences = reactive<Preferences>({ ...first, ...saved, layers: { ...first.layers, ...saved.layers } })

const prefersDark = usePreferredDark()
export const themeName = computed(() =>
  preferences.theme === 'system' ? (prefersDark.value ? 'dark' : 'light') : preferences.theme,
)
export const tokens = computed(() => (themeName.value === 'dark' ? dark : light))

/** Makes the page follow the preferences; called once, before anything is drawn. */
export function followPreferences(): void {
  watch(preferences, (now) => localStorage.setItem(KEY, JSON.stringify(now)))
  watchEffect(() => applyTokens(themeName.value))
  watchEffect(() => {
    document.documentElement.dataset.graphics = preferences.lowGraphics ? 'low' : 'full'
  })
  watchEffect(() => {
    i18n.global.locale.value = preferences.locale
    document.documentElement.lang = preferences.locale === 'zh' ? 'zh-CN' : 'en'
  })
}

/**
 * The colours of both themes: the one source for style sheets, widgets and map. Surfaces are neutral; colour is kept
 * for what a case needs (urgency), how far it is (status) and what can be pressed (accent).
 */
export interface Tokens {
  page: string
  surface: string
  raised: string
  hover: string
  line: string
  lineStrong: string
  text: string
  text2: string
  text3: string
  accent: string
  accentSolid: string
  accentSoft: string
  onAccent: string
  routine: string
  urgent: string
  urgentText: string
  critical: string
  criticalText: string
  good: string
  /** What moves, and where water stands. */
  person: string
  vehicle: string
  water: string
  /** All that says: this is not now. */
  past: string
  pastText: string
  shadow: string
}

export const dark: Tokens = {
  page: '#0b0e13',
  surface: '#141920',
  raised: '#1a2029',
  hover: '#212833',
  line: '#262e39',
  lineStrong: '#3a4554',
  text: '#e8ecf2',
  text2: '#b1bbc9',
  text3: '#8a96a8',
  accent: '#7aa7ff',
  accentSolid: '#3a6fd8',
  accentSoft: 'rgba(110, 160, 255, 0.14)',
  onAccent: '#ffffff',
  routine: '#a9b8cc',
  urgent: '#f2ab3c',
  urgentText: '#f4b654',
  critical: '#f4504f',
  criticalText: '#ff7a76',
  good: '#4fc38c',
  person: '#4fc3c8',
  vehicle: '#c79bff',
  water: '#38a3ff',
  past: '#8f6cf0',
  pastText: '#bda6ff',
  shadow: '0 1px 2px rgba(0,0,0,.5), 0 8px 28px rgba(0,0,0,.42)',
}

export const light: Tokens = {
  page: '#e9edf1',
  surface: '#ffffff',
  raised: '#f6f8fa',
  hover: '#eff3f7',
  line: '#e2e7ed',
  lineStrong: '#c3ccd7',
  text: '#151a21',
  text2: '#45505f',
  text3: '#5f6b7a',
  accent: '#1f57c4',
  accentSolid: '#2a62d0',
  accentSoft: 'rgba(42, 98, 208, 0.09)',
  onAccent: '#ffffff',
  routine: '#52647d',
  urgent: '#e08600',
  urgentText: '#9a5700',
  critical: '#d62f31',
  criticalText: '#c02326',
  good: '#177a4b',
  person: '#0c7f86',
  vehicle: '#7a42c9',
  water: '#0b6fd0',
  past: '#6d3fd0',
  pastText: '#5f31c2',
  shadow: '0 0 0 .5px rgba(20,30,45,.06), 0 1px 2px rgba(20,30,45,.07), 0 10px 28px rgba(20,30,45,.12)',
}

export const FONT =
  "'Inter Variable', 'PingFang SC', 'HarmonyOS Sans SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
export const MONO = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, 'DejaVu Sans Mono', monospace"

/** Writes the tokens as custom properties: `text2` becomes `--text2`, `lineStrong` becomes `--line-strong`. */
export function applyTokens(name: 'dark' | 'light'): void {
  const root = document.documentElement
  root.dataset.theme = name
  root.style.colorScheme = name
  for (const [key, value] of Object.entries(name === 'dark' ? dark : light)) {
    root.style.setProperty(`--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value)
  }
}

/** `#rrggbb` as the four bytes that map layers take. */
export function rgba(hex: string, alpha = 255): [number, number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16)
  return [n >> 16, (n >> 8) & 255, n & 255, alpha]
}

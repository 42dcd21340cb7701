/** The colours of the ground. Quiet, so that what stands on it can speak. */
export interface Palette {
  outside: string
  land: string
  water: string
  shore: string
  park: string
  green: string
  building: string
  buildingEdge: string
  relief: string
  path: string
  road: Record<RoadClass, { fill: string; casing: string }>
  label: string
  labelStrong: string
  labelWater: string
  labelGreen: string
  halo: string
  zoneOpacity: number
}

export type RoadClass = 'expressway' | 'arterial' | 'secondary' | 'residential'

export const darkMap: Palette = {
  outside: '#080a0e',
  land: '#12171e',
  water: '#0f2233',
  shore: '#17324a',
  park: '#14291f',
  green: '#13201d',
  building: '#1b212b',
  buildingEdge: '#283040',
  relief: '#2a3341',
  path: '#2a313c',
  road: {
    expressway: { fill: '#4a5567', casing: '#0b0e13' },
    arterial: { fill: '#384250', casing: '#0b0e13' },
    secondary: { fill: '#2b333e', casing: '#0d1116' },
    residential: { fill: '#262d38', casing: '#12171e' },
  },
  label: '#8793a5',
  labelStrong: '#b9c3d1',
  labelWater: '#4f7ba3',
  labelGreen: '#5d8a73',
  halo: '#0d1117',
  zoneOpacity: 0.36,
}

export const lightMap: Palette = {
  outside: '#e7ebef',
  land: '#f5f5f2',
  water: '#bcd7ea',
  shore: '#a3c6de',
  park: '#d6e8cf',
  green: '#e2eeda',
  building: '#e9e7e2',
  buildingEdge: '#d8d5ce',
  relief: '#e8e5df',
  path: '#d9d5cc',
  road: {
    expressway: { fill: '#ffffff', casing: '#a9b2bd' },
    arterial: { fill: '#ffffff', casing: '#c3c8ce' },
    secondary: { fill: '#ffffff', casing: '#d3d4d4' },
    residential: { fill: '#ffffff', casing: '#dddcd9' },
  },
  label: '#5d6672',
  labelStrong: '#2f3742',
  labelWater: '#3f76a3',
  labelGreen: '#4c7c4a',
  halo: '#ffffff',
  zoneOpacity: 0.42,
}

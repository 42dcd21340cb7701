/**
 * The coordinate systems that files of Chinese cities come in. The 3-degree zones of CGCS2000 are EPSG:4513 to 4533 with
 * the zone's number before the easting, EPSG:4534 to 4554 without; zone n has its central meridian at 3n degrees east.
 */
export interface SystemName {
  value: string
  zh: string
  en: string
}

const FIRST_ZONE = 25
const LAST_ZONE = 45
const NUMBERED = 4513
const UNNUMBERED = 4534

export const DEGREES: SystemName[] = [
  { value: 'EPSG:4326', zh: 'WGS-84 经纬度（EPSG:4326）', en: 'WGS-84 degrees (EPSG:4326)' },
  { value: 'EPSG:4490', zh: 'CGCS2000 经纬度（EPSG:4490）', en: 'CGCS2000 degrees (EPSG:4490)' },
  { value: 'GCJ02', zh: 'GCJ-02（高德、腾讯）', en: 'GCJ-02 (AMap, Tencent)' },
  { value: 'BD09', zh: 'BD-09（百度）', en: 'BD-09 (Baidu)' },
]

/** The 3-degree zones, those nearest to the city first: `lon` in degrees east. */
export function zonesOfThreeDegrees(lon: number): SystemName[] {
  const here = Math.round(lon / 3)
  const numbers = Array.from({ length: LAST_ZONE - FIRST_ZONE + 1 }, (_, i) => FIRST_ZONE + i)
  return numbers.sort((a, b) => Math.abs(a - here) - Math.abs(b - here) || a - b).flatMap(both)
}

function both(zone: number): SystemName[] {
  const meridian = zone * 3
  const [plain, numbered] = [UNNUMBERED + zone - FIRST_ZONE, NUMBERED + zone - FIRST_ZONE]
  return [
    {
      value: `EPSG:${plain}`,
      zh: `CGCS2000 3 度带 · 中央经线 ${meridian}°E（EPSG:${plain}）`,
      en: `CGCS2000 3-degree · central meridian ${meridian}°E (EPSG:${plain})`,
    },
    {
      value: `EPSG:${numbered}`,
      zh: `CGCS2000 3 度带 · 第 ${zone} 带，坐标带号（EPSG:${numbered}）`,
      en: `CGCS2000 3-degree · zone ${zone}, numbered (EPSG:${numbered})`,
    },
  ]
}

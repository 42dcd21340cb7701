/** west, south, east, north */
export type Box = [number, number, number, number]

/** The box around all places of some features; undefined if there are none. */
export function boundsOf(features: GeoJSON.Feature[]): Box | undefined {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] !== 'number') return value.forEach(walk)
    const [lon, lat] = value as [number, number]
    box[0] = Math.min(box[0], lon)
    box[1] = Math.min(box[1], lat)
    box[2] = Math.max(box[2], lon)
    box[3] = Math.max(box[3], lat)
  }
  for (const { geometry } of features) if ('coordinates' in geometry) walk(geometry.coordinates)
  return box[0] === Infinity ? undefined : box
}

export const overlap = (a: Box, b: Box): boolean => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]

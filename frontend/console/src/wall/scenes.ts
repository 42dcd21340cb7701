/**
 * What a wall shows in turn, from its address: `/wall?scenes=city,street:990101001,park:PK001&seconds=20`.
 * Without scenes it is the city and its streets.
 */
export const CITY = 'city'
const SECONDS = 20
const SHORTEST = 3
const LONGEST = 3600

export interface WallPlan {
  /** `city`, or a zone as `kind:code`; empty: as the city has them. */
  scenes: string[]
  seconds: number
}

export function planOf(query: URLSearchParams): WallPlan {
  const scenes = (query.get('scenes') ?? '').split(',').map((ref) => ref.trim()).filter((ref) => ref === CITY || /^[\w-]+:.+$/.test(ref))
  const asked = Number(query.get('seconds') ?? SECONDS)
  return { scenes, seconds: Number.isFinite(asked) && asked > 0 ? Math.min(LONGEST, Math.max(SHORTEST, asked)) : SECONDS }
}

/** How alike two matters are, in a word and a number. Pure. */
export type Likeness = 'high' | 'middle' | 'low'

export const percent = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 100)
export const likenessOf = (score: number): Likeness => (score >= 0.7 ? 'high' : score >= 0.4 ? 'middle' : 'low')

/** "35 m", "1.2 km" */
export const metres = (distance: number): string => (distance < 1000 ? `${Math.round(distance)} m` : `${(distance / 1000).toFixed(1)} km`)

/** Finding a category as it is typed: every word somewhere in its names or code; marks in codes may be left out. Pure. */
const bare = (text: string): string => text.toLowerCase().replace(/[-_.]/g, '')

export const matches = (pattern: string, all: string): boolean => {
  const within = bare(all)
  return pattern.trim().split(/\s+/).every((word) => within.includes(bare(word)))
}

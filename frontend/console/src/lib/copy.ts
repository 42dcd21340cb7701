/** Puts a text on the clipboard. A page that did not come over HTTPS has none: then `byHand` asks the person to copy it. */
export async function copyText(text: string, byHand: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    prompt(byHand, text)
    return false
  }
}

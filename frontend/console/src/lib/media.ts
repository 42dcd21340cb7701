import { readonly, ref, type Ref } from 'vue'

/** A media query as a ref that follows it. */
function media(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query)
  const matches = ref(list.matches)
  list.addEventListener('change', (event) => (matches.value = event.matches))
  return readonly(matches)
}

export const usePreferredDark = () => media('(prefers-color-scheme: dark)')

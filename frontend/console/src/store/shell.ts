/** Which parts of the console are open. */
import { ref } from 'vue'

export const dock = ref<'queue' | 'locate' | 'hidden'>('queue')
export const deadLettersOpen = ref(false)
export const keysOpen = ref(false)
export const layersOpen = ref(false)
export const figuresOpen = ref(false)
